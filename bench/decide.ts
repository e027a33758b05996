import { createMongoAbility } from "@casl/ability";
import { newEnforcer, newModel, StringAdapter } from "casbin";
import type { Role } from "../src/core/config/config.ts";
import { decide } from "../src/core/policy/decide.ts";
import type { Policy } from "../src/core/policy/policy.ts";
import { atLeast, count, type Row, times } from "./rows.ts";

const MODELS = ["claude-haiku-4-5", "claude-sonnet-4-6", "claude-opus-5-5"];
const ROLES: readonly Role[] = [
  { name: "viewer", allowed: false, models: [], mayAssume: [] },
  { name: "user", allowed: true, models: MODELS.slice(0, 1), maxTokens: 512, mayAssume: [] },
  { name: "power", allowed: true, models: MODELS, maxTokens: 4096, mayAssume: [] },
  { name: "admin", allowed: true, models: [...MODELS.slice(1), "claude-haiku-*"], maxTokens: 8192, mayAssume: [] },
];
/** Every role with every model, one of them unknown: allowed and denied ones alike. */
const PAIRS = ROLES.flatMap(({ name }) => [...MODELS, "claude-unknown-1"].map((model) => ({ role: name, model })));
const REQUIRED = 20_000_000;
const SPAN = 1000;

/** How many decisions a second one core makes, beside two libraries that only say yes or no, on the same four roles. */
export async function decideRows(): Promise<readonly Row[]> {
  const policy: Policy = {
    roles: new Map(ROLES.map((role) => [role.name, role])),
    people: new Map(),
    rateStore: "local",
    organization: "",
  };
  const listed = ROLES.flatMap(({ name, models }) => models.map((model) => ({ name, model })));

  const definition = newModel(`
[request_definition]
r = sub, obj
[policy_definition]
p = sub, obj
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && keyMatch(r.obj, p.obj)
`);
  const lines = listed.map(({ name, model }) => `p, ${name}, ${model}`).join("\n");
  const enforcer = await newEnforcer(definition, new StringAdapter(lines));

  const abilities = new Map(
    ROLES.map(({ name, models }) => [
      name,
      // It knows no patterns for subjects: the one there is stands for the model that it matches.
      createMongoAbility(models.map((model) => ({ action: "use", subject: model.replace("-*", "-4-5") }))),
    ]),
  );

  const requests = PAIRS.map(({ role, model }) => ({ role, request: { model, max_tokens: 5000 } }));
  const ours = perSecond(() => {
    let allowed = 0;
    for (const { role, request } of requests) if (decide(policy, role, request).decision === "allow") allowed++;
    return allowed;
  });
  const casl = perSecond(() => {
    let allowed = 0;
    for (const { role, model } of PAIRS) if (abilities.get(role)?.can("use", model)) allowed++;
    return allowed;
  });
  const casbin = perSecond(() => {
    let allowed = 0;
    for (const { role, model } of PAIRS) if (enforcer.enforceSync(role, model)) allowed++;
    return allowed;
  });
  const what = "`decide`, decisions a second";
  const measured = count(ours);
  return [
    {
      what,
      measured,
      against: `@casl/ability: ${count(casl)}`,
      value: times(ours / casl),
      ...atLeast(ours / casl, 1, times),
    },
    { what, measured, against: `casbin: ${count(casbin)}`, value: times(ours / casbin) },
    { what, measured, against: "what is wanted", value: count(ours), ...atLeast(ours, REQUIRED, count) },
  ];
}

/** Of a second of CPU time: the best of some spans, once it is warm. */
function perSecond(round: () => number): number {
  const expected = 7;
  let best = 0;
  for (let span = 0; span < 4; span++) {
    const begun = process.cpuUsage();
    let decisions = 0;
    let taken = 0;
    while (taken < SPAN / 4) {
      for (let times = 0; times < 500; times++) {
        if (round() !== expected) throw new Error("it decides otherwise than the roles say");
        decisions += PAIRS.length;
      }
      const { user, system } = process.cpuUsage(begun);
      taken = (user + system) / 1000;
    }
    best = Math.max(best, (decisions / taken) * 1000);
  }
  return best;
}
