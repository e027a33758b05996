/** The pictures of README and the pages: what the program really prints of the sandbox, on a day that stands still. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { main } from "../src/main.ts";
import { environmentOf, type Sandbox, startSandbox } from "../src/sandbox/sandbox.ts";
import { clickAround, FILE } from "./story.ts";

const THEMES = ["light", "dark"] as const;
type Theme = (typeof THEMES)[number];

const DAY = "2026-11-23T12:00:00Z";
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

/** What is played before the command, in its folder, and how much of its answer is shown. */
interface Scene {
  readonly words: readonly string[];
  readonly title: string;
  readonly seed: "small" | "review";
  readonly files: Readonly<Record<string, string>>;
  readonly before?: (sandbox: Sandbox) => void;
  readonly columns: number;
  /** So many lines, where there are more. */
  readonly lines?: number;
}

const SCENES = {
  drift: {
    words: ["drift"],
    title: "what differs between rbac.yaml and the live organization",
    seed: "small",
    files: { "rbac.yaml": FILE },
    before: clickAround,
    columns: 84,
  },
  review: {
    words: ["review", "--people", "people.csv"],
    title: "who has what, who uses it, and what to ask about it",
    seed: "review",
    files: { "rbac.yaml": "examples/review/rbac.yaml", "people.csv": "examples/review/people.csv" },
    columns: 104,
    lines: 34,
  },
} satisfies Readonly<Record<string, Scene>>;
type Picture = keyof typeof SCENES;
export const PICTURES = (Object.keys(SCENES) as Picture[]).flatMap((name) => THEMES.map((theme) => ({ name, theme })));

/** The picture as SVG, with the text in it as text: it can be read aloud, found and copied. */
export async function picture({ name, theme }: { readonly name: Picture; readonly theme: Theme }): Promise<string> {
  const scene: Scene = SCENES[name];
  const command = `anth-rbac ${scene.words.join(" ")}`;
  const all = (await shown(scene)).trimEnd().split("\n");
  const most = scene.lines ?? all.length;
  const rest = all.length > most ? [`\u001b[2m… ${all.length - most} more lines\u001b[22m`] : [];
  const lines = [`\u001b[1m$ ${command}\u001b[22m`, "", ...all.slice(0, most), ...rest];
  const colours = COLOURS[theme];
  const [width, height] = [Math.ceil(scene.columns * WIDTH) + 2 * MARGIN, lines.length * LINE + 2 * MARGIN];
  const texts = spans(lines, colours).map((text, index) => {
    const y = MARGIN + index * LINE + SIZE;
    return text === "" ? "" : `<text x="${MARGIN}" y="${y}">${text}</text>\n`;
  });
  const font = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${command}: ${scene.title}</title>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${colours.back}" stroke="${colours.line}"/>
<g font-family="${font}" font-size="${SIZE}" fill="${colours.text}">
${texts.join("")}</g>
</svg>
`;
}

const ESCAPE = "\u001b";
/** A colour of a terminal, or its end; split by it, a text keeps it. */
const COLOUR = new RegExp(`(${ESCAPE}\\[\\d+m)`);

/** Lines of a terminal as pieces with their looks, which go on from one line to the next. */
function spans(lines: readonly string[], colours: Readonly<Record<string, string>>): readonly string[] {
  let looks = "";
  const piecesOf = (line: string) =>
    line
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
  return lines.map(piecesOf);
}

async function shown({ words, seed, files, before, columns }: Scene): Promise<string> {
  const sandbox = await startSandbox({ clock: DAY, seed });
  const folder = mkdtempSync(join(tmpdir(), "anth-rbac-picture-"));
  let text = "";
  const stdout = new Writable({
    write: (chunk, _encoding, done) => {
      text += chunk;
      done();
    },
  });
  try {
    for (const [name, from] of Object.entries(files)) copyFileSync(from, join(folder, name));
    before?.(sandbox);
    await main([...words, "--quiet", "--no-pager"], {
      cwd: folder,
      env: { ...environmentOf(sandbox), HOME: folder, ANTH_RBAC_STATE_DIR: join(folder, "state") },
      stdin: Readable.from([]),
      stdout: Object.assign(stdout, { isTTY: true, columns }),
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
