import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Review, ReviewGrant } from "../../../src/core/model/review.ts";
import { DAY } from "../../../src/core/model/time.ts";
import { repeatFlags } from "../../../src/core/text/next-step.ts";
import { reviewPage } from "../../../src/report/review/page/page.ts";
import { PAGE_STYLE } from "../../../src/report/review/page/style.ts";
import { NOW } from "../../support/org.ts";

/** A key's grant with a name of its own. */
function grant(name: string, rest: Partial<ReviewGrant> = {}): ReviewGrant {
  return {
    subject: { type: "key", id: `apikey_${name}`, name, email: null },
    on: { target: "workspaces.prod", name: "Production" },
    role: null,
    through: { type: "key", id: `apikey_${name}`, name },
    since: NOW - 100 * DAY,
    by: null,
    lastUsed: { at: null, known: true, asOf: NOW },
    declared: null,
    flags: ["no-owner", "undeclared"],
    advice: "ask",
    reason: { code: "no-owner", args: {} },
    reviewer: "grace@acme.example",
    ...rest,
  };
}

function review(grants: readonly ReviewGrant[]): Review {
  const daily = {
    counts: "requests",
    from: "2026-11-20",
    workspaces: [{ target: "workspaces.prod", name: "Production", values: [1, 0, 3, 2] }],
  } as const;
  return {
    organization: { id: "org-1", name: "Acme" },
    takenAt: NOW,
    usage: { days: 90, asOf: NOW },
    unknown: [],
    grants,
    daily,
  };
}

interface Data {
  readonly words: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

const dataIn = (page: string) =>
  JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? "") as Data;

/** How far two colours are from each other. Source: WCAG 2.2, "contrast ratio" and "relative luminance". */
function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [one, other]
    .map((colour) => {
      const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
        const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    })
    .sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

describe("the page", () => {
  test("lets nothing in or out: its policy knows its own style and script alone", async () => {
    const page = await reviewPage(review([grant("a")]));
    const policy =
      /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll("&apos;", "'") ?? "";
    const digests = [...page.matchAll(/<(style|script)>(.*?)<\/\1>/gs)].map(
      ([, kind, text = ""]) => `${kind}-src 'sha256-${createHash("sha256").update(text).digest("base64")}'`,
    );
    expect(digests).toHaveLength(2);
    expect(policy.split("; ").sort()).toEqual(
      ["base-uri 'none'", "default-src 'none'", "form-action 'none'", ...digests].sort(),
    );
    expect(page).not.toMatch(/\s(?:on\w+|style)=/);
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
  });

  test("makes nothing of hostile names, in the data neither", async () => {
    const hostile = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u202e\u001b";
    const page = await reviewPage(review([grant(hostile, { on: { target: "workspaces.x", name: hostile } })]));
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page).not.toContain("<img");
    expect(page).not.toContain("\u202e");
    const { words } = dataIn(page);
    expect(words.some((word) => word.includes("</script><script>alert(1)"))).toBe(true);
  });

  test("calls the file of the run by its name, and gives no command the flags of the run", async () => {
    const pasteable = repeatFlags({ config: "teams/<a>&b.yaml" });
    const gone = { code: "not-in-people", args: { email: "ada@acme.example", standing: "left" } } as const;
    const page = await reviewPage(
      review([grant("a", { reason: { code: "undeclared", args: {} } }), grant("b", { reason: gone })]),
      { pasteable },
    );
    expect(page).toContain("nothing in &quot;teams/&lt;a&gt;&amp;b.yaml&quot; declares it");
    expect(dataIn(page).words).toContain('nothing in "teams/<a>&b.yaml" declares it');
    expect(page).toContain("<code>anth-rbac revoke --user ada@acme.example</code>");
    expect(page).not.toMatch(/rbac\.yaml|--config/);
  });

  test("can be read in the light, in the dark and on paper: axe does not tell what is written on what is drawn", () => {
    const palettes = [...PAGE_STYLE.matchAll(/:root \{([^}]*)\}/g)].map(
      ([, colours = ""]) =>
        new Map([...colours.matchAll(/--([\w-]+): (#\w{6})/g)].map(([, name, colour]) => [name, colour])),
    );
    expect(palettes).toHaveLength(3);
    const written = ["text", "dim", "keep", "lower", "remove", "ask"].flatMap((ink) => [
      [ink, "ground"],
      [ink, "panel"],
    ]);
    const drawn = [
      ["text", "cell-1"],
      ["text", "cell-2"],
      ["on-3", "cell-3"],
    ];
    const faint = palettes.flatMap((palette) =>
      [...written, ...drawn].filter(
        ([ink = "", ground = ""]) => contrast(palette.get(ink) ?? "", palette.get(ground) ?? "") < 4.5,
      ),
    );
    expect(faint).toEqual([]);
  });

  test("has up to 20,000 grants in 8 MB, the riskiest, and says how many more there are", async () => {
    const many = Array.from({ length: 20_003 }, (_, at) => grant(`key-of-a-service-with-a-long-name-${at}`));
    const kept = grant("kept", { advice: "keep", flags: [], reason: { code: "never-used", args: {} } });
    const page = await reviewPage(review([kept, ...many.slice(0, 20_000)]));
    expect(Buffer.byteLength(page)).toBeLessThan(8 * 2 ** 20);
    expect(dataIn(page).rows).toHaveLength(20_000);
    expect(dataIn(page).words).not.toContain("kept");
    expect(page).toContain("1 more are in CSV and JSON");
    expect(await reviewPage(review(many.slice(0, 20_000)))).not.toContain("more are in CSV");
  });

  test("has a table behind each picture, and says what could not be read", async () => {
    const ada = { type: "person", id: "user_ada", name: "Ada", email: "ada@acme.example" } as const;
    const role = grant("ada", { subject: ada, role: "developer", through: { type: "direct", id: null, name: null } });
    const page = await reviewPage({
      ...review([grant("a"), role]),
      unknown: [{ kind: "members", reason: "api-error", counts: true }],
    });
    expect(page.match(/<details>/g)).toHaveLength(3);
    expect(page.match(/role="img"/g)).toHaveLength(3);
    expect(page).toContain("Not read: members");
  });

  test("draws the keys of the workspaces with the most overdue ones, and says how many are left out", async () => {
    const keys = Array.from({ length: 25 }, (_, place) =>
      Array.from({ length: 3 }, (_unused, at) =>
        grant(`w${place}-${at}`, {
          on: { target: `workspaces.w${place}`, name: `Workspace ${place}` },
          since: NOW - (place === 24 && at > 0 ? 91 : 10 + place) * DAY,
          rotateEvery: 90,
        }),
      ),
    ).flat();
    const page = await reviewPage(review(keys));
    const [, drawn = ""] = /aria-label="Ages of keys in days, by workspace">(.*?)<\/figure>/s.exec(page) ?? [];
    expect(drawn.match(/<circle/g)).toHaveLength(60);
    expect(drawn.match(/class="late"/g)).toHaveLength(2);
    expect(drawn).toContain("Workspace 24<");
    expect(page).toContain("Not drawn: 15 more keys.");
  });

  test("has the rows by risk, and how many grants there are in all", async () => {
    const calm = grant("calm", { advice: "keep", flags: [], reason: { code: "never-used", args: {} } });
    const left = grant("left", { advice: "remove", flags: ["not-in-people"] });
    expect(dataIn(await reviewPage(review([calm, grant("odd"), left])))).toMatchObject({ risk: [2, 1, 0], all: 3 });
  });
});
