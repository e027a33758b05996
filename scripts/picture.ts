/** The picture in README: what `anth-rbac drift` really prints of the demo's organization, on a day that stands still. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { main } from "../src/main.ts";
import { environmentOf, startSandbox } from "../src/sandbox/sandbox.ts";
import { clickAround, FILE } from "./story.ts";

export const THEMES = ["light", "dark"] as const;
type Theme = (typeof THEMES)[number];

const DAY = "2026-11-23T12:00:00Z";
const COLUMNS = 84;
/** Of a character, and between lines and around them, in pixels. */
const [WIDTH, LINE, MARGIN, SIZE] = [8.43, 20, 20, 14];

/** GitHub's own colours for text and its background (Primer), so that the picture belongs to the page. */
const COLOURS: Readonly<Record<Theme, Readonly<Record<string, string>>>> = {
  light: {
    back: "#f6f8fa",
    line: "#d1d9e0",
    text: "#1f2328",
    "31": "#cf222e",
    "32": "#116329",
    "33": "#7d4e00",
    "35": "#8250df",
    "36": "#1b7c83",
  },
  dark: {
    back: "#151b23",
    line: "#3d444d",
    text: "#f0f6fc",
    "31": "#ff7b72",
    "32": "#3fb950",
    "33": "#d29922",
    "35": "#be8fff",
    "36": "#39c5cf",
  },
};

/** The picture as SVG, with the text in it as text: it can be read aloud, found and copied. */
export async function picture(theme: Theme): Promise<string> {
  const lines = ["\u001b[1m$ anth-rbac drift\u001b[22m", "", ...(await drift()).trimEnd().split("\n")];
  const colours = COLOURS[theme];
  const [width, height] = [Math.ceil(COLUMNS * WIDTH) + 2 * MARGIN, lines.length * LINE + 2 * MARGIN];
  const texts = lines.map((line, index) => {
    const y = MARGIN + index * LINE + SIZE;
    return line === "" ? "" : `<text x="${MARGIN}" y="${y}">${spans(line, colours)}</text>\n`;
  });
  const font = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>anth-rbac drift: what differs between rbac.yaml and the live organization</title>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${colours.back}" stroke="${colours.line}"/>
<g font-family="${font}" font-size="${SIZE}" fill="${colours.text}">
${texts.join("")}</g>
</svg>
`;
}

const ESCAPE = "\u001b";
/** A colour of a terminal, or its end; split by it, a text keeps it. */
const COLOUR = new RegExp(`(${ESCAPE}\\[\\d+m)`);

/** A line of a terminal as pieces with their looks. */
function spans(line: string, colours: Readonly<Record<string, string>>): string {
  let looks = "";
  return line
    .split(COLOUR)
    .map((piece) => {
      const code = COLOUR.exec(piece)?.[0]?.slice(2, -1);
      if (code === undefined) {
        const text = piece
          .replaceAll("&", "&amp;")
          .replaceAll("<", "&lt;")
          .replaceAll(">", "&gt;")
          .replaceAll(" ", "\u00a0");
        return looks === "" || piece === "" ? text : `<tspan${looks}>${text}</tspan>`;
      }
      if (code === "1") looks += ' font-weight="bold"';
      else if (code === "2") looks += ' opacity="0.65"';
      else looks = code in colours ? `${looks} fill="${colours[code]}"` : "";
      return "";
    })
    .join("");
}

async function drift(): Promise<string> {
  const sandbox = await startSandbox({ clock: DAY });
  const folder = mkdtempSync(join(tmpdir(), "anth-rbac-picture-"));
  let text = "";
  const stdout = new Writable({
    write: (chunk, _encoding, done) => {
      text += chunk;
      done();
    },
  });
  try {
    copyFileSync(FILE, join(folder, "rbac.yaml"));
    clickAround(sandbox);
    await main(["drift", "--quiet"], {
      cwd: folder,
      env: { ...environmentOf(sandbox), HOME: folder, ANTH_RBAC_STATE_DIR: join(folder, "state") },
      stdin: Readable.from([]),
      stdout: Object.assign(stdout, { isTTY: true, columns: COLUMNS }),
      stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
      now: () => Date.parse(DAY),
      signal: new AbortController().signal,
    });
    return text;
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
