import * as z from "zod/mini";

/**
 * The schema of a file of policy tests. It checks what can be seen at one place; what a test says of the policy is checked in
 * `parse.ts`. Editors get it as JSON Schema.
 */

/** The codes that a test can meet: what `roleOf` and `decide` say of a well-formed request under an rbac.yaml without errors. */
const CODES = ["role-not-allowed", "model-not-allowed", "unknown-role", "identity-unmapped", "policy-missing"] as const;

const text = z.string().check(z.regex(/\S/));
const count = z.int({ abort: true }).check(z.gte(1));

function described<Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema {
  const copy = schema.clone();
  z.globalRegistry.add(copy, { description });
  return copy;
}

function optional<Schema extends z.ZodMiniType>(schema: Schema, description: string): z.ZodMiniOptional<Schema> {
  return described(z.optional(schema), description);
}

const testRequest = z.strictObject({
  model: described(text, "The model that is asked for: an id or an alias, no pattern."),
  max_tokens: optional(count, "What is asked for. Left out: what the role sends by itself."),
});

const testEntry = z.strictObject({
  name: described(text, "What the test is called in reports; a name of its own."),
  role: optional(text, "Who asks: a role. Exactly one of `role` and `user` is given."),
  user: optional(text, "Who asks: an e-mail of `members`, whose role decides."),
  request: described(testRequest, "What is asked for."),
  expect: described(z.enum(["allow", "deny"]), "What has to come of it."),
  code: optional(z.enum(CODES), "With `deny`: why. Left out: any denial will do."),
  max_tokens: optional(count, "With `allow`: what the request's max_tokens is lowered to, or filled in as."),
});

const version = optional(z.literal(1), "The version of the format: 1.");
const testFile = z.strictObject({ version, tests: described(z.nullable(z.array(testEntry)), "The tests.") });
const fileAlone = z.strictObject({ version, tests: z.nullable(z.array(z.unknown())) });

/** Compiling a checker for each schema takes longer than checking a file of any size does without. */
const options = { jitless: true } as const;

/** What the schema has against the file itself; its tests are read one by one. */
export function fileIssues(file: unknown): readonly z.core.$ZodIssue[] {
  return fileAlone.safeParse(file, options).error?.issues ?? [];
}

/** One test: as it was written, or what the schema has against it. */
export function readTest(entry: unknown): ReturnType<typeof testEntry.safeParse> {
  return testEntry.safeParse(entry, options);
}

/** The fields of the file, of a test or of its request, by how deep in the file the mapping stands. */
export function fieldsAtDepth(depth: number): readonly string[] {
  return Object.keys((depth === 0 ? testFile : depth === 2 ? testEntry : testRequest).shape);
}

/**
 * The schema as JSON Schema, for editors: draft 7, which all of them know. `x-…` fields are free in every mapping.
 * @internal but for `npm run docs`
 */
export function policyTestJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(testFile, {
    target: "draft-7",
    io: "input",
    override: ({ jsonSchema: node, zodSchema }) => {
      if (node.additionalProperties === false) node.patternProperties = { "^x-": {} };
      if (zodSchema === testEntry) node.oneOf = [{ required: ["role"] }, { required: ["user"] }];
    },
  });
  return { $schema, title: "rbac.test.yaml of anth-rbac", ...rest };
}
