import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import { type Browser, launch, type Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

/** A browser of this machine's packages (Debian: chromium), or the one that CHROME_PATH names. */
const browserPath = [process.env.CHROME_PATH ?? "", "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path !== "" && existsSync(path),
);
if (browserPath === undefined)
  console.warn("the page of a review is not tried: no chromium here (CHROME_PATH names another)");

const AXE = "node_modules/axe-core/axe.min.js";

describe.skipIf(browserPath === undefined)("the page of a review in a browser", () => {
  let one: Stage;
  let browser: Browser;

  beforeAll(async () => {
    one = await openStage();
    await one.run(["review", "--format", "html", "--out", "review.html"]);
    browser = await launch({ executablePath: browserPath ?? "", args: ["--no-sandbox"] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await one?.close();
  });

  const open = async (scheme: "light" | "dark", width: number): Promise<{ page: Page; said: readonly string[] }> => {
    const page = await browser.newPage();
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("request", (request) => request.url().startsWith("file:") || said.push(`asked for ${request.url()}`));
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(`file://${join(one.folder, "review.html")}`);
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
      await page.setBypassCSP(true);
      await page.reload();
      await page.evaluate(readFileSync(AXE, "utf8"));
      const found = (await page.evaluate("axe.run()")) as AxeResults;
      expect(found.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    },
  );

  test("filters, sorts and searches the grants by keyboard, and says how many are left", async () => {
    const { page } = await open("light", 1280);
    expect(await rows(page)).toHaveLength(37);
    await page.select("#flag", "unused");
    expect(await rows(page)).toHaveLength(2);
    expect(await page.$eval("#count", (found) => found.textContent)).toBe("2 of 37 grants");
    await page.select("#flag", "");
    await page.focus("#search");
    await page.keyboard.type("bob production");
    await page.waitForFunction('document.querySelector("#count").textContent.startsWith("0 of")');
    await page.evaluate('search.value = ""; search.dispatchEvent(new Event("input"))');
    await page.waitForFunction('document.querySelector("#count").textContent.startsWith("37 of")');
    await page.focus('button[data-column="who"]');
    await page.keyboard.press("Enter");
    const up = await rows(page);
    await page.keyboard.press("Enter");
    expect((await rows(page))[0]).toBe(up.at(-1));
    expect(await page.$eval('button[data-column="who"]', (button) => button.closest("th")?.ariaSort)).toBe(
      "descending",
    );
  }, 120_000);

  test("prints a section for each reviewer, with all of their grants", async () => {
    const { page } = await open("light", 1280);
    await page.emulateMediaType("print");
    await page.evaluate('window.dispatchEvent(new Event("beforeprint"))');
    const sections = await page.$$eval("#paper section", (all) =>
      all.map((one) => [one.querySelector("h2")?.textContent, one.querySelectorAll("tbody tr").length]),
    );
    expect(sections.map(([title]) => title)).toEqual([
      "To be reviewed by alan@acme.example",
      "To be reviewed by grace@acme.example",
    ]);
    expect(sections.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(37);
    const paper = await page.pdf({ format: "A4", preferCSSPageSize: true });
    expect(Buffer.from(paper).subarray(0, 5).toString()).toBe("%PDF-");
  }, 120_000);
});
