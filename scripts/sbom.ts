import { readFileSync } from "node:fs";
import type { BundledPackage } from "./bundled-packages.ts";

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly integrity?: string }>>;
}

/**
 * A CycloneDX 1.6 bill of materials of what is bundled: versions from the installed packages, hashes from the lockfile. It holds
 * no time and no serial number, so that two builds of one commit are equal.
 */
export function sbom(packages: readonly BundledPackage[], self: { name: string; version: string; license: string }) {
  const lock: Lockfile = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const references = new Map(packages.map((item) => [item.folder, purl(item)]));
  const imported = new Set(packages.flatMap(({ imports }) => imports));
  const root = purl(self);
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: { type: "application", "bom-ref": root, ...identity(self) },
      lifecycles: [{ phase: "build" }],
    },
    components: packages.map((item) => ({
      type: "library",
      "bom-ref": purl(item),
      ...identity(item),
      ...hashes(lock.packages[item.folder]?.integrity),
      scope: "required",
      ...(item.homepage && { externalReferences: [{ type: "website", url: item.homepage }] }),
    })),
    dependencies: [
      { ref: root, dependsOn: packages.filter(({ folder }) => !imported.has(folder)).map(purl) },
      ...packages.map((item) => ({
        ref: purl(item),
        dependsOn: item.imports.flatMap((folder) => references.get(folder) ?? []),
      })),
    ],
  };
}

function identity(item: { name: string; version: string; license: string }) {
  // CycloneDX tells one SPDX identifier from an expression of several.
  const licence = / (?:OR|AND|WITH) /.test(item.license)
    ? { expression: item.license }
    : { license: { id: item.license } };
  return { name: item.name, version: item.version, licenses: [licence], purl: purl(item) };
}

function purl({ name, version }: { readonly name: string; readonly version: string }): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function hashes(integrity: string | undefined) {
  const sha512 = /^sha512-(\S+)$/.exec(integrity ?? "")?.[1];
  return sha512 && { hashes: [{ alg: "SHA-512", content: Buffer.from(sha512, "base64").toString("hex") }] };
}
