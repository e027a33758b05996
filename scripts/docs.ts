/** `npm run docs`: the files that are made from the code. A test keeps them equal. */
import { readFileSync, writeFileSync } from "node:fs";
import { performancePage } from "../bench/page.ts";
import { jsonSchema } from "../src/core/config/schema.ts";
import { policyTestJsonSchema } from "../src/core/policy-test/schema.ts";
import { configurationPage } from "./configuration-page.ts";
import { jsonPage } from "./json-page.ts";
import { PICTURES, picture } from "./picture.ts";
import { schemaTableFile } from "./schema-table.ts";

const schema = jsonSchema();
writeFileSync("rbac.schema.json", `${JSON.stringify(schema, null, 2)}\n`);
writeFileSync("rbac.test.schema.json", `${JSON.stringify(policyTestJsonSchema(), null, 2)}\n`);
writeFileSync("docs/configuration.md", configurationPage(schema));
writeFileSync("docs/json.md", await jsonPage());
writeFileSync("docs/performance.md", performancePage(JSON.parse(readFileSync("bench/results.json", "utf8"))));
for (const one of PICTURES) writeFileSync(`docs/${one.name}-${one.theme}.svg`, await picture(one));
writeFileSync("src/core/config/schema-table.ts", schemaTableFile());
