/** What the demo and the picture in README tell: a small file, and what people did meanwhile at the Console. */
import type { Sandbox } from "../src/sandbox/sandbox.ts";

export const FILE = "examples/small.yaml";

/** Something of each sign: a promotion, a stranger, somebody who left, a tag. */
export function clickAround({ control }: Sandbox): void {
  const { console: person } = control;
  person.setRole("dora@acme.example", "user");
  person.addUser("mallory@acme.example", "developer", "Mallory Example");
  person.removeUser("cleo@acme.example");
  person.edit("workspaces", "wrkspc_01sandboxProduction", { tags: { env: "production" } });
}
