import fc from "fast-check";
import { expect, test } from "vitest";
import { emailIdentity, lookOf, nameIdentity, parseEmail } from "../../../src/core/text/identity.ts";
import { anyCharacter } from "../../support/any-character.ts";

test("one name in two normal forms is one name, and case, blanks and accents count", () => {
  const isSameName = (one: string, other: string) => nameIdentity(one) === nameIdentity(other);
  expect(isSameName("Caf\u00e9", "Cafe\u0301")).toBe(true);
  expect(isSameName("한글", "한글".normalize("NFD"))).toBe(true);
  for (const other of ["cafe", "caf\u00e9", "Caf\u00e9 ", "Cafe"]) expect(isSameName("Caf\u00e9", other)).toBe(false);
});

test("one address in any spelling is one person", () => {
  const spellings = [
    "jos\u00e9@b\u00fccher.example",
    "Jose\u0301@BU\u0308CHER.example",
    "JOS\u00c9@xn--bcher-kva.EXAMPLE",
  ];
  expect(new Set(spellings.map(emailIdentity))).toEqual(new Set(["jos\u00e9@xn--bcher-kva.example"]));
  expect(emailIdentity("Ada+Ops@ACME.example")).toBe("ada+ops@acme.example");
});

test("what is no address keeps what it says: a domain is never cut at what a URL would end at", () => {
  expect(emailIdentity("é@a.example/b")).toBe("é@a.example/b");
  expect(emailIdentity("é@a.example#b")).toBe("é@a.example#b");
  expect(emailIdentity("Ünknown")).toBe("ünknown");
});

test("an identity is its own identity, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 30 }), (text) => {
      expect(nameIdentity(nameIdentity(text))).toBe(nameIdentity(text));
      expect(emailIdentity(emailIdentity(text))).toBe(emailIdentity(text));
      expect(emailIdentity(text.normalize("NFD"))).toBe(emailIdentity(text));
    }),
  );
});

test("an address is read with blanks around it, and nothing else around it", () => {
  expect(parseEmail(" Ada@Acme.example\n")).toBe("ada@acme.example");
  const none = [
    "bob@acme.example,Bob",
    "<bob@acme.example>",
    '"bob@acme.example"',
    "bob@acme.example;",
    "bob@acme.example\u200b",
  ];
  for (const text of [
    ...none,
    "bob",
    "bob@",
    "@acme.example",
    "bob@acme",
    "a b@acme.example",
    `${"a".repeat(64)}@${"b".repeat(190)}.example`,
  ]) {
    expect(parseEmail(text), text).toBeUndefined();
  }
});

test("names that a reader takes for each other look the same, and only those", () => {
  const alike = [
    "gr\u0430ce@acme.example",
    "GRACE@acme.example",
    "ｇrace@acme.example",
    " grace@acme.example",
    "gr\u00adace@acme.example",
    "ɡrace@асme.example",
  ];
  expect(new Set(alike.map(lookOf))).toEqual(new Set(["grace@acme.example"]));
  expect(lookOf("Prod\u00a0\u00a0Main")).toBe("prod main");
  expect(["Prod\u2800Main\u200b", "Prod\u2028 Main"].map(lookOf)).toEqual(["prod main", "prod main"]);
  for (const other of ["Café", "Cafe1", "Cafel"]) expect(lookOf(other)).not.toBe(lookOf("Cafe"));
});
