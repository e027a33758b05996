/** Runs each `check:…` of package.json, side by side; prints what each said, whole, as it ends. Fails where one of them does. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
const names = Object.keys(scripts).filter((name) => name.startsWith("check:"));
const failed = (await Promise.all(names.map(run))).filter((name) => name !== undefined);
for (const name of failed) console.error(`failed: npm run ${name}`);
process.exitCode = failed.length > 0 ? 1 : 0;

async function run(name) {
  const child = spawn(process.execPath, [process.env.npm_execpath, "run", name], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
  }
  const [code] = await once(child, "close");
  process.stdout.write(said);
  return code === 0 ? undefined : name;
}
