import type { BundledPackage } from "./bundled-packages.ts";

const RULE = "-".repeat(80);

/** The licences of everything that is bundled, as one text. */
export function thirdPartyNotices(packages: readonly BundledPackage[]): string {
  const head = "anth-rbac contains code of the following packages, each under its own licence.\n";
  return [head, ...packages.map(section)].join("\n");
}

function section({ name, version, license, homepage, author, texts }: BundledPackage): string {
  const facts = [`${name} ${version}`, `Licence: ${license}`];
  if (homepage) facts.push(homepage);
  // Without a file of its own, the identifier and the author are all that the package says of its licence.
  if (texts.length === 0) facts.push(`By ${author ?? "its authors"}. The package carries no licence text.`);
  return [RULE, ...facts, "", ...texts.flatMap((text) => [text, ""])].join("\n");
}
