import { EMAIL } from "../src/core/text/identity.ts";

/** The part of a JSON Schema that rbac.schema.json uses. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What stands for the name that people choose, in a path. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  members: "EMAIL",
  workspaces: "HANDLE",
  keys: "NAME",
  rate_limits: "GROUP",
  roles: "ROLE",
  tags: "TAG",
};

/** docs/configuration.md, made from the schema so that it cannot say anything else. */
export function configurationPage(schema: Schema): string {
  const rows = [...fieldsOf(schema, "")].map(
    ({ path, type, required, description }) =>
      `| \`${path}\` | ${type}${required ? ", required" : ""} | ${description} |`,
  );
  return [
    "# rbac.yaml, field by field",
    "",
    "<!-- Made from rbac.schema.json by `npm run docs`; edit the descriptions in src/core/config/schema.ts. -->",
    "",
    "Words in capitals are names you choose. A field that is left out is not managed. `x-…` fields are free everywhere.",
    "[rbac.example.yaml](../rbac.example.yaml) shows every field in use.",
    "",
    "| field | value | meaning |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

interface Field {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

function* fieldsOf(schema: Schema, parent: string): Generator<Field> {
  const { properties = {}, required = [] } = schema;
  for (const [name, value] of Object.entries(properties)) {
    const path = parent === "" ? name : `${parent}.${name}`;
    yield { path, type: typeOf(value), required: required.includes(name), description: cell(value.description ?? "") };
    yield* insideOf(value, path, name);
  }
}

/** What can stand below a field: its own fields, those of the entries of a mapping, those of the items of a list. */
function* insideOf(schema: Schema, path: string, name: string): Generator<Field> {
  for (const one of alternatives(schema)) {
    yield* fieldsOf(one, path);
    if (typeof one.additionalProperties === "object") {
      const entry = one.additionalProperties;
      yield* insideOf(entry, `${path}.${PLACEHOLDERS[name] ?? "NAME"}`, "");
    }
    if (one.items) yield* insideOf(one.items, `${path}[]`, "");
  }
}

function alternatives(schema: Schema): readonly Schema[] {
  return (schema.anyOf ?? [schema]).filter(({ type }) => type !== "null");
}

function typeOf(schema: Schema): string {
  return [...new Set(alternatives(schema).map(plainType))].join(" or ");
}

function plainType(schema: Schema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(" ");
  if (schema.anyOf) return typeOf(schema);
  if (schema.type === "array") return `list of ${schema.items ? typeOf(schema.items) : "anything"}`;
  if (schema.type === "object") return "mapping";
  if (schema.pattern?.includes("[mhdw]")) return "duration (`90d`)";
  if (schema.pattern === EMAIL.source) return "e-mail";
  return schema.type ?? "anything";
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
