import { expect, test } from "vitest";
import { workspaceHandles } from "../../../src/core/export/input.ts";
import { workspace } from "../../support/org.ts";

const named = (...names: string[]) => names.map((name, index) => workspace(name, { id: `wrkspc_${index}` }));
const handles = (...names: string[]) => [...new Map([...workspaceHandles(named(...names))].sort()).values()];

test.each([
  [
    ["Production", "Web  App!", "_x_"],
    ["production", "web-app", "x"],
  ],
  [
    ["Ünïcode", "Straße", "日本語", "🔑"],
    ["unicode", "stra-e", "wrkspc_2", "wrkspc_3"],
  ],
  // Whose name it is keeps the plain one, else the first by name; a number never takes what another workspace is called.
  [
    ["A B", "a-b", "A_B", "a b 2"],
    ["a-b-3", "a-b", "a_b", "a-b-2"],
  ],
  [
    ["Prod", "prod", "PROD"],
    ["prod-3", "prod", "prod-2"],
  ],
  [
    ["Default", "default", "constructor", "__proto__"],
    ["default-2", "default", "constructor-2", "proto"],
  ],
  [["n".repeat(255)], ["n".repeat(60)]],
])("%j are %j", (names, expected) => {
  expect(handles(...names)).toEqual(expected);
});

test("the default workspace alone is called so, whatever its name", () => {
  const [plain, other] = named("Default", "Main");
  const live = [...(plain ? [plain] : []), ...(other ? [{ ...other, isDefault: true }] : [])];
  expect(Object.fromEntries(workspaceHandles(live))).toEqual({ wrkspc_0: "default-2", wrkspc_1: "default" });
});
