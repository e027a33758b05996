import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { environmentSecrets } from "../../../src/core/text/environment-secrets.ts";
import { createSecrets, maskSecrets, NOTHING_HELD } from "../../../src/core/text/secret.ts";

/** One that looks like a credential, one that does not and has characters that are escaped, one that begins like it, the sandbox's. */
const TOKEN = 'gw/to+ken-NOT"REAL&%é';
const KNOWN = ["sk-ant-api03-fakeKNOWNfake", TOKEN, `${TOKEN}-longer`, "sk-ant-api03-sandbox-handed-over-0123"];
const secrets = createSecrets(KNOWN);
const { maskPiece, mask } = secrets;

/** A secret as somebody else may print it. */
function dresses(secret: string): readonly string[] {
  const base64 = ["", "u", "us"].map((before) => Buffer.from(`${before}${secret}:x`).toString("base64"));
  const url = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  const json = JSON.stringify(secret).slice(1, -1);
  const everyPercent = [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const html = secret.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const hex = Buffer.from(secret).toString("hex");
  const upper = secret.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
  return [secret, upper, encodeURIComponent(secret), everyPercent, json, html, hex, ...base64, ...url];
}

const DRESSED = KNOWN.flatMap(dresses);

/** Text that is full of secrets, of their beginnings, and of what almost is one. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "sk-ant-",
        "sk-",
        "api03-",
        "admin01-",
        "fakefakefake",
        "-sandbox-",
        "s",
        "\n",
        " ",
        "é",
        "-",
        "_",
      ),
      fc.constantFrom("sk-ant-api03-fakefakefakefake", "sk-ant-api03-sandbox-fakefakefake", "sk-ant-api03-fak...efak"),
      fc.constantFrom(...DRESSED),
      fc.constantFrom(...DRESSED).chain((dress) => fc.nat(dress.length).map((end) => dress.slice(0, end))),
      fc.string({ unit: "grapheme", maxLength: 5 }),
      fc.stringMatching(/^[a-z0-9-]{0,15}$/),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

/** A text, and where it is cut. */
const cutText = text.chain((whole) =>
  fc.tuple(
    fc.constant(whole),
    fc.array(fc.nat(whole.length), { maxLength: 8 }).map((cuts) => pieces(whole, cuts)),
  ),
);

function pieces(whole: string, cuts: readonly number[]): readonly string[] {
  const at = [0, ...[...cuts].sort((left, right) => left - right), whole.length];
  return at.slice(1).map((end, index) => whole.slice(at[index], end));
}

function masked(parts: readonly string[]) {
  let held = NOTHING_HELD;
  let shown = "";
  for (const part of parts) {
    const next = maskPiece(held, part);
    shown += next.shown;
    held = next.held;
  }
  return { shown, held };
}

test("law: however a text is cut, what is shown in the end is the whole text masked", () => {
  fc.assert(
    fc.property(cutText, ([whole, parts]) => {
      const { shown, held } = masked(parts);
      expect(shown + mask(held.text)).toBe(mask(whole));
    }),
    { numRuns: 2000 },
  );
});

test("law: one character at a time is no different", () => {
  fc.assert(
    fc.property(text, (whole) => {
      const { shown, held } = masked(whole.split(""));
      expect(shown + mask(held.text)).toBe(mask(whole));
    }),
  );
});

test("law: what is held back is the beginning of a secret", () => {
  const everywhere = DRESSED.join("\n").toLowerCase();
  fc.assert(
    fc.property(cutText, ([, parts]) => {
      const { held } = masked(parts);
      if (held.begun) expect(held.text).toMatch(/^sk-ant-[\w-]*$/i);
      else if (!/^(?:s|sk|sk-|sk-a|sk-an|sk-ant)$/i.test(held.text)) expect(everywhere).toContain(firstOf(held.text));
    }),
  );
});

/** A percent sign in a dress stands for itself or for a byte: the first character is enough to see that it is one. */
function firstOf(held: string): string {
  return held.slice(0, 1).toLowerCase();
}

test("ordinary text is shown at once", () => {
  const { maskPiece } = createSecrets();
  for (const part of ["a mutex. ", "skeleton", "x".repeat(100_000), "sk-ant is the beginning."]) {
    expect(maskPiece(NOTHING_HELD, part)).toEqual({ shown: part, held: NOTHING_HELD });
  }
});

test("a secret without an end, one character at a time, is masked in the end", () => {
  const { shown, held } = masked(`sk-ant-api03-${"fake".repeat(50_000)}`.split(""));
  expect(shown).toBe("");
  expect(maskPiece(held, ".").shown).toBe("sk-ant-api03-[masked].");
});

describe("a secret that is known is masked by its value", () => {
  test.each(KNOWN)("in every dress: %s", (secret) => {
    for (const dress of dresses(secret)) {
      const shown = mask(`before ${dress} after`);
      expect(shown).toMatch(/^before \S*\[masked\]\S* after$/);
      const [, , rest = ""] = /^(sk-ant-api03-)?(.*)$/i.exec(dress) ?? [];
      for (let at = 0; at + 8 <= rest.length; at += 1) expect(shown).not.toContain(rest.slice(at, at + 8));
    }
  });

  test("law: JSON stays JSON", () => {
    fc.assert(
      fc.property(fc.array(text), (values) => {
        const shown: unknown = JSON.parse(mask(JSON.stringify({ values })));
        expect(JSON.stringify(shown)).not.toContain(JSON.stringify(TOKEN).slice(1, -1));
      }),
    );
  });

  test("from eight characters on, for shorter ones are words", () => {
    const short = createSecrets(["orders", "12345678"]);
    expect(short.mask("orders 1234567 12345678")).toBe("orders 1234567 [masked]");
  });

  test("also one that is added later, and what looks like a credential all the same", () => {
    const later = createSecrets();
    expect(later.mask("hunter2-hunter2")).toBe("hunter2-hunter2");
    later.add("hunter2-hunter2");
    expect(later.mask("Hunter2-HUNTER2 sk-ant-NOTREALNOTREAL")).toBe("[masked] sk-ant-[masked]");
  });

  test("a long token is masked as fast as a short one, in a text of any length", () => {
    const token = Array.from({ length: 12_000 }, (_, at) => "abcXYZ019-_."[(at * 7) % 12]).join("");
    const long = createSecrets([token]);
    const filler = "ordinary words of an export, line after line\n".repeat(20_000);
    const shown = long.mask(`${filler}${token}${filler}`);
    expect(shown).toBe(`${filler}[masked]${filler}`);
    const { held } = long.maskPiece(NOTHING_HELD, token.slice(0, 11_000));
    expect(long.mask(held.text + token.slice(11_000))).toBe("[masked]");
  });
});

describe("by shape", () => {
  test.each([
    ["sk-ant-admin01-fakefakefake", "sk-ant-admin01-[masked]"],
    ["SK-ANT-API03-FAKEFAKEFAKE", "sk-ant-api03-[masked]"],
    ["sk-ant-NOTREALNOTREAL", "sk-ant-[masked]"],
    ["sk-ant-api03-R2D...igAA", "sk-ant-api03-R2D...igAA"],
    ["sk-ant-admin01-R2D...igAA", "sk-ant-admin01-R2D...igAA"],
    ["sk-ant-api03-sandbox-fakefakefake", "sk-ant-api03-sandbox-fakefakefake"],
    ["sk-ant-api03-real-sandbox-fakefake", "sk-ant-api03-[masked]"],
    ["sk-ant-api03-…", "sk-ant-api03-…"],
  ])("%s", (written, shown) => {
    expect(maskSecrets(`x ${written} y`)).toBe(`x ${shown} y`);
  });
});

test("the environment's secrets are known, but for the sandbox's own", () => {
  const found = environmentSecrets({
    ANTHROPIC_ADMIN_KEY: "sk-ant-admin01-sandbox-administrator-AbCdEfGh",
    ANTHROPIC_AUTH_TOKEN: "gw-token-NOTREAL",
    HTTPS_PROXY: "http://gate:p%40ss-word@proxy.example:3128",
    ANTHROPIC_CUSTOM_HEADERS: "X-Api-Key: custom-key-NOTREAL\nX-Other: shown\nauthorization:  Bearer bearer-NOTREAL",
    PATH: "/usr/bin",
  }).filter((value) => value !== "");
  expect(found).toEqual([
    "gw-token-NOTREAL",
    "gate:p%40ss-word",
    "p%40ss-word",
    "gate:p@ss-word",
    "p@ss-word",
    "custom-key-NOTREAL",
    "custom-key-NOTREAL",
    "Bearer bearer-NOTREAL",
    "bearer-NOTREAL",
  ]);
});
