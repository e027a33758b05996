import { describe, expect, test } from "vitest";
import { holdsTraces } from "../../../src/core/text/secret-traces.ts";

const SECRET = "sk-ant-api03-fake-secret-abcdefghijklmnopqrstuvwxyz";
const BYTES = [...Buffer.from(SECRET)];
const base64 = (text: string) => Buffer.from(text).toString("base64");
const each = (write: (byte: number) => string, between = "") => BYTES.map(write).join(between);
const hex = (byte: number) => byte.toString(16).padStart(2, "0");
/** RFC 4648, section 6. */
const base32 = (bytes: Buffer) =>
  (
    [...bytes]
      .map((byte) => byte.toString(2).padStart(8, "0"))
      .join("")
      .match(/.{1,5}/g) ?? []
  )
    .map((bits) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(Number.parseInt(bits.padEnd(5, "0"), 2)))
    .join("");
const octal = (byte: number) => byte.toString(8).padStart(3, "0");

describe("traces of a secret are found where it is written", () => {
  test.each([
    ["as a buffer in JSON", JSON.stringify(Buffer.from(SECRET))],
    ["as a list of Python, in lines", each(String, ",\n  ")],
    ["as octal numbers, as od has them", each(octal, " ")],
    ["as numbers in hex", each((byte) => `0x${hex(byte)}`, ", ")],
    ["in escapes of a shell", each((byte) => `\\x${hex(byte)}`)],
    ["in octal escapes", each((byte) => `\\${octal(byte)}`)],
    ["in escapes of JSON", each((byte) => `\\u00${hex(byte)}`)],
    ["in escapes with braces", each((byte) => `\\u{${hex(byte)}}`)],
    ["in references of HTML", each((byte) => `&#${byte};`)],
    ["in references of HTML in hex", each((byte) => `&#x${hex(byte)};`)],
    ["as credentials of a registry", base64(JSON.stringify({ auths: { host: { auth: base64(`user:${SECRET}`) } } }))],
    ["as such in lines", base64(`{"auth":"${base64(`me:${SECRET}`)}"}`).replace(/.{20}/g, "$&\n")],
    ["as base64 of UTF-16", Buffer.from(SECRET, "utf16le").toString("base64")],
    ["as base32", base32(Buffer.from(SECRET))],
    ["as base32 of more, in lines", base32(Buffer.from(`user:${SECRET}`)).replace(/.{20}/g, "$&\n")],
    ["as base32 in lower case", `x${base32(Buffer.from(SECRET)).toLowerCase()}`],
    ["backwards", [...SECRET].reverse().join("")],
    ["as base64 of hex, for a URL", Buffer.from(each(hex)).toString("base64url")],
  ])("%s", (_, text) => {
    expect(holdsTraces(`value: ${text}`, SECRET)).toBe(true);
  });

  test("and not in what has nothing of it", () => {
    const numbers = Array.from({ length: 300 }, (_, index) => (index * 7) % 300).join(" ");
    for (const text of [
      "vault is sealed",
      numbers,
      base64(base64("something else, and long enough")),
      base32(Buffer.from("something else, and long enough")),
      "\\x41\\x42 &#66;",
    ]) {
      expect(holdsTraces(text, SECRET)).toBe(false);
    }
  });
});
