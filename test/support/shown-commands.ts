/** What a page shows of a terminal: each command, and the lines below it. */
export interface ShownCommand {
  /** The whole line, as it is typed. */
  readonly line: string;
  /** The words of the program that is at the end of a pipe, without redirections. */
  readonly words: readonly string[];
  /** Whether something is piped into it. */
  readonly isPiped: boolean;
  readonly output: readonly string[];
}

/** The commands of a page in its order: of blocks for a terminal, where `$` begins one, and of scripts for a shell. */
export function shownCommands(markdown: string): readonly ShownCommand[] {
  const blocks = [...markdown.matchAll(/^```(console|sh)\n([\s\S]*?)^```/gm)];
  return blocks.flatMap(([, kind = "", block = ""]) => {
    if (kind === "sh") return block.split("\n").flatMap((line) => commandsOf(line, []));
    return block
      .split(/^\$ /m)
      .slice(1)
      .flatMap((part) => {
        const [line = "", ...output] = part.trimEnd().split("\n");
        return commandsOf(
          line,
          output.filter((text) => text.trim() !== ""),
        );
      });
  });
}

function commandsOf(line: string, output: readonly string[]): readonly ShownCommand[] {
  const typed = line.replace(/\s+#.*$/, "").trim();
  if (typed === "" || typed.startsWith("#")) return [];
  const parts = typed.split(" && ");
  return parts.map((part, index) => {
    const piped = part.split(" | ");
    const at = piped.findIndex((command) => command.startsWith("anth-rbac "));
    const [program = "", from] = (piped[Math.max(at, 0)] ?? "").split(/\s+[<>]{1,2}\s+/);
    const isPiped = at > 0 || (from !== undefined && part.includes("<"));
    const words = [...program.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)];
    return {
      line: part,
      words: words.map(([, double, single, bare = ""]) => double ?? single ?? bare),
      isPiped,
      output: index === parts.length - 1 ? output : [],
    };
  });
}

/** A line as it is shown: `…` stands for whatever was left out. */
export function lineAs(shownLine: string): RegExp {
  const parts = shownLine.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`, "m");
}
