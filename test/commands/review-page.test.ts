import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import { type Browser, launch, type Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Review, ReviewGrant } from "../../src/core/model/review.ts";
import { DAY } from "../../src/core/model/time.ts";
import { reviewPage } from "../../src/report/review/page/page.ts";
import { NOW } from "../support/org.ts";
import { openStage, type Stage } from "../support/stage.ts";

/** A browser of this machine's packages (Debian: chromium), or the one that CHROME_PATH names. */
const browserPath = [process.env.CHROME_PATH ?? "", "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path !== "" && existsSync(path),
);
if (browserPath === undefined)
  console.warn("the page of a review is not tried: no chromium here (CHROME_PATH names another)");

const AXE = "node_modules/axe-core/axe.min.js";

/** A key of a review of many; every 25th is not used. */
function keyGrant(at: number): ReviewGrant {
  const isRisky = at % 25 === 0;
  return {
    subject: { type: "key", id: `apikey_${at}`, name: `key-${at}${isRisky ? "-risky" : ""}`, email: null },
    on: { target: "workspaces.prod", name: "Production" },
    role: null,
    through: { type: "key", id: `apikey_${at}`, name: `key-${at}` },
    since: NOW,
    by: null,
    lastUsed: { at: null, known: true, asOf: NOW },
    declared: null,
    flags: isRisky ? ["unused"] : [],
    advice: isRisky ? "remove" : "keep",
    reason: isRisky ? { code: "unused", args: { days: 90 } } : { code: "never-used", args: {} },
    reviewer: at % 2 === 0 ? "ada@acme.example" : "bob@acme.example",
  };
}

function reviewOf(grants: readonly ReviewGrant[]): Review {
  return {
    organization: { id: "org-1", name: "Acme" },
    takenAt: NOW,
    usage: { days: 90, asOf: NOW },
    unknown: [],
    grants,
  };
}

describe.skipIf(browserPath === undefined)("the page of a review in a browser", () => {
  let one: Stage;
  let browser: Browser;

  beforeAll(async () => {
    one = await openStage({ seed: "review" });
    for (const file of ["rbac.yaml", "people.csv"]) cpSync(join("examples/review", file), join(one.folder, file));
    await one.run(["review", "--people", "people.csv", "--format", "html", "--out", "review.html"], {
      env: { ANTH_RBAC_ACTIVITY_KEY: one.sandbox.activityKey },
    });
    browser = await launch({ executablePath: browserPath ?? "", args: ["--no-sandbox"] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await one?.close();
  });

  const open = async (
    scheme: "light" | "dark",
    width: number,
    file = "review.html",
  ): Promise<{ page: Page; said: readonly string[] }> => {
    const page = await browser.newPage();
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("request", (request) => request.url().startsWith("file:") || said.push(`asked for ${request.url()}`));
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(`file://${join(one.folder, file)}`);
    return { page, said };
  };
  const rows = (page: Page) => page.$$eval("#grants tbody tr", (all) => all.map((row) => row.textContent ?? ""));

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
    ["dark", 390],
  ] as const)(
    "%s, %i wide: axe finds nothing, nothing reaches over the edge, nothing is loaded or refused",
    async (scheme, width) => {
      const { page, said } = await open(scheme, width);
      const over = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect([said, over]).toEqual([[], 0]);
      // On a desk no table has to be pushed to and fro; on a telephone they are cards.
      const pushed = await page.$$eval(
        "#grants .scroll, .cards",
        (all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length,
      );
      expect(pushed).toBe(0);
      await page.setBypassCSP(true);
      await page.reload();
      await page.evaluate(readFileSync(AXE, "utf8"));
      const found = (await page.evaluate("axe.run()")) as AxeResults;
      expect(found.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    },
  );

  test("filters, sorts and searches the grants by keyboard, and says how many are left", async () => {
    const { page } = await open("light", 1280);
    expect(await rows(page)).toHaveLength(43);
    await page.focus("#flag");
    await page.keyboard.type("unused");
    expect(await rows(page)).toHaveLength(3);
    expect(await page.$eval("#count", (found) => found.textContent)).toBe("3 of 43 grants");
    await page.keyboard.press("Home");
    await page.focus("#search");
    await page.keyboard.type("bob production");
    await page.waitForFunction('document.querySelector("#count").textContent.startsWith("0 of")');
    expect(await rows(page)).toEqual(["No grant fits: clear the search, or set a filter back to any."]);
    await page.evaluate('search.value = ""; search.dispatchEvent(new Event("input"))');
    await page.waitForFunction('document.querySelector("#count").textContent.startsWith("43 of")');
    await page.focus('button[data-column="who"]');
    await page.keyboard.press("Enter");
    const up = await rows(page);
    await page.keyboard.press("Enter");
    expect((await rows(page))[0]).toBe(up.at(-1));
    expect(await page.$eval('button[data-column="who"]', (button) => button.closest("th")?.ariaSort)).toBe(
      "descending",
    );
  }, 120_000);

  const printed = async (page: Page) => {
    await page.evaluate('window.dispatchEvent(new Event("beforeprint"))');
    const sections = await page.$$eval("#paper section", (all) =>
      all.map((section) => ({
        title: section.querySelector("h2")?.textContent ?? "",
        said: section.querySelector("p")?.textContent ?? "",
        rows: [...section.querySelectorAll("tbody tr")].map((row) => row.textContent ?? ""),
      })),
    );
    return { sections, note: await page.$eval("#printed", (note) => note.textContent ?? "") };
  };

  test("prints a section for each reviewer, with all of their grants and room for what they decide", async () => {
    const { page } = await open("light", 1280);
    await page.emulateMediaType("print");
    const { sections, note } = await printed(page);
    expect(sections.map(({ title }) => title.replace("To be reviewed by ", "")).sort()).toEqual([
      "ada@acme.example",
      "alan@acme.example",
      "dora@acme.example",
      "grace@acme.example",
    ]);
    expect(sections.flatMap(({ rows: own }) => own)).toHaveLength(43);
    expect(note).toBe("");
    expect(await page.$$eval("#paper td.decision", (cells) => cells.length)).toBe(43);
    // Whoever signs does so on the first sheet of their grants: below them it would be alone on one.
    expect(await page.$$eval(".signed + table", (all) => all.length)).toBe(4);
    const paper = await page.pdf({ format: "A4", preferCSSPageSize: true });
    expect(Buffer.from(paper).subarray(0, 5).toString()).toBe("%PDF-");
    const lane = await page.$eval(".lanes svg:last-child", (drawn) => drawn.getBoundingClientRect().height);
    expect(lane).toBe(30);
    // Whoever narrows the table to a reviewer prints theirs alone.
    await page.evaluate('window.dispatchEvent(new Event("afterprint"))');
    await page.select("#reviewer", "dora@acme.example");
    const own = await printed(page);
    expect(own.sections.map(({ title }) => title)).toEqual(["To be reviewed by dora@acme.example"]);
    expect(own.note).toMatch(
      /^Printed: what the table was narrowed to, \d+ of 43 grants; all of them are in CSV: anth-rbac/,
    );
  }, 120_000);

  test.each([1280, 390])(
    "%i wide: names of 250 letters push nothing over the edge, and what is overdue is in sight",
    async (width) => {
      const long = (at: number) => `${"w".repeat(250)}${at}`;
      const grants = Array.from({ length: 6 }, (_, at) => ({
        ...keyGrant(at),
        subject: { type: "key", id: `apikey_${at}`, name: long(at), email: null } as const,
        on: { target: `workspaces.${long(at)}`, name: long(at) },
        through: { type: "key", id: `apikey_${at}`, name: long(at) } as const,
        by: { type: "user", id: "user_1", email: `${"w".repeat(60)}@acme.example`, name: null },
        declared: { path: `workspaces.${long(at)}.keys.${long(at)}`, at: [], position: null },
        since: NOW - 400 * DAY,
        rotateEvery: 90,
      }));
      writeFileSync(join(one.folder, "long.html"), await reviewPage(reviewOf(grants)));
      const { page } = await open("light", width, "long.html");
      const over = await page.$$eval("#grants .scroll, .cards, figure .scroll", (all) =>
        all
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
          .map(({ ariaLabel, id }) => ariaLabel ?? id),
      );
      expect([over, await page.evaluate("document.documentElement.scrollWidth - innerWidth")]).toEqual([[], 0]);
      const late = await page.$$eval(".late", (all) => all.map((dot) => dot.getBoundingClientRect().right));
      expect(late).toHaveLength(6);
      expect(Math.max(...late)).toBeLessThan(width);
    },
    120_000,
  );

  test("prints the riskiest of a large review, and says what is not on paper and where it is", async () => {
    const grants = Array.from({ length: 20_050 }, (_, at) => keyGrant(at));
    writeFileSync(join(one.folder, "large.html"), await reviewPage(reviewOf(grants)));
    const { page } = await open("light", 1280, "large.html");
    const { sections, note } = await printed(page);
    const all = sections.flatMap(({ rows: own }) => own);
    expect(all).toHaveLength(1000);
    expect(all.filter((row) => row.includes("-risky"))).toHaveLength(802);
    expect(note).toBe(
      "Printed: the riskiest 1000 of 20050 grants; all of them are in CSV: anth-rbac review --format csv. To print others, narrow the table to their reviewer first.",
    );
    expect(sections[0]?.said).toMatch(
      /^The riskiest \d+ of \d+ grants; \d+ are not printed, all of them are in CSV: anth-rbac review --format csv$/,
    );
  }, 120_000);
});
