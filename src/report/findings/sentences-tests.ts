import type { FindingCode } from "../../core/model/finding.ts";
import { quoted } from "../../core/text/text.ts";
import type { Sentences } from "./sentence.ts";

/** What can be wrong with a file of policy tests, beside what can be wrong with any file. */
export const TEST_SENTENCES = {
  "not-policy-tests": ({ found }) => ({
    message: `the file holds ${found} where policy tests are expected`,
    fix: 'name a file with a list under "tests:", such as rbac.test.yaml; the rbac.yaml itself goes with --config',
  }),
  "no-policy-tests": () => ({ message: "the file holds no test", fix: 'add one under "tests:", or remove the file' }),
  "test-subject": ({ given }) => ({
    message: given === "both" ? "the test names a role and a user" : "the test names neither a role nor a user",
    fix:
      given === "both" ? "keep one of the two: a user has a role already" : 'say who asks: add "role: …" or "user: …"',
  }),
  "test-field-misplaced": ({ field, expect }) => ({
    message:
      field === "code"
        ? `"code" says why a request is denied, and this test expects ${quoted(expect)}`
        : `"max_tokens" here says what is sent, and this test expects ${quoted(expect)}`,
    fix:
      field === "code"
        ? 'take it out, or expect "deny"'
        : 'take it out, or expect "allow"; what is asked for stands under "request"',
  }),
  "test-model-pattern": ({ model }) => ({
    message: `${quoted(model)} is a pattern, and a request names one model`,
    fix: "write the id or the alias of one model that it stands for",
  }),
  "test-model-misspelt": ({ model, suggestion }) => ({
    message: `the model ${quoted(model)} is neither known nor named by the policy, so that it is denied proves little`,
    fix: `did you mean ${quoted(suggestion)}?`,
  }),
  "test-name-twice": ({ name, firstLine }) => ({
    message: `two tests are named ${quoted(name)} (the first on line ${firstLine})`,
    fix: "give each a name of its own, so that a report tells them apart",
  }),
  "person-without-app-role": ({ person }) => ({
    message: `${quoted(person)} has no app_role, so no role decides`,
    fix: 'add an app_role under members, or expect "deny" with code "identity-unmapped"',
  }),
  "matrix-too-large": ({ roles, models, pairs }) => ({
    message: `${roles} roles and ${models} models make ${pairs} pairs: more than anybody can look through`,
    fix: "coverage is counted, and only the first pairs are listed; use fewer roles, or patterns instead of models",
  }),
} satisfies Partial<Sentences<FindingCode>>;
