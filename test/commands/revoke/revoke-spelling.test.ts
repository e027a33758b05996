/** An e-mail has several spellings: composed or not, a domain in letters or in ASCII. They are one person. */
import { expect, test } from "vitest";
import { stage } from "../../support/stage.ts";

const SPELLINGS = [
  ["jos\u00e9@acme.example", "jose\u0301@acme.example"],
  ["jose\u0301@acme.example", "jos\u00e9@acme.example"],
  ["uli@m\u00fcller.example", "uli@xn--mller-kva.example"],
  ["uli@xn--mller-kva.example", "uli@m\u00fcller.example"],
] as const;

test.each(SPELLINGS)("whom the API calls %s is found as %s, removed, and gone by both", async (live, typed) => {
  const one = await stage();
  one.sandbox.control.console.addUser(live, "user");
  const there = () => one.sandbox.state.users.some(({ email }) => email === live);
  const words = ["revoke", "--user", typed, "--yes", "--json"];
  expect(there()).toBe(true);
  const ran = await one.run(words);
  expect([ran.exitCode, ran.json().verified, there()], ran.stdout).toEqual([0, true, false]);
  expect((await one.run(["revoke", "--user", live, "--yes"])).exitCode).toBe(0);
});
