/**
 * `npm run lock`, after every `npm install`: a registry that carries the optional packages of some platforms only makes npm
 * leave the others out of package-lock.json, and then `npm ci` refuses the file everywhere. This adds what is left out, by
 * exact version and platform; such an entry is installed only on its own platform. Prints how many were added.
 */
import { readFileSync, writeFileSync } from "node:fs";

const OPERATING_SYSTEMS = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const CPUS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
let added = 0;
for (const { dev, optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`;
    const platform = platformOf(name);
    if (lock.packages[path] || !platform || !/^\d+\.\d+\.\d+/.test(version)) continue;
    lock.packages[path] = { version, ...platform, ...(dev && { dev }), optional: true };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([one], [other]) => (one < other ? -1 : 1)));
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} platform packages added`);

/** The platform that a package's name ends in: `…-linux-arm64-musl`, `…-win32-x64-msvc`. */
function platformOf(name) {
  const words = name.split("/").at(-1)?.split("-") ?? [];
  const os = OPERATING_SYSTEMS.filter((one) => words.includes(one));
  const cpu = CPUS.filter((one) => words.includes(one));
  if (cpu.length === 0) return undefined;
  const libc = words.includes("musl") ? ["musl"] : undefined;
  return { cpu, ...(os.length > 0 && { os }), ...(libc && { libc }) };
}
