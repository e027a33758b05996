import type { Config, Key } from "../config/config.ts";
import { keyPath, keyTarget } from "../match/key-place.ts";
import { type ConfigPath, type Finding, finding, formatPath } from "../model/finding.ts";
import { target } from "../model/target.ts";

/** What rbac.yaml says of a person who leaves. */
export interface DeclaredTraces {
  /** Every place that speaks of them, in the order of the file's parts. */
  readonly declaredAt: readonly string[];
  /** The targets of the keys that they own. */
  readonly ownerless: readonly string[];
  readonly findings: readonly Finding[];
}

/** Where the file still speaks of a person (an e-mail in lower case), and what is then to be said about it. */
export function tracesOf(config: Config, email: string): DeclaredTraces {
  const owned = keysOf(config).filter(({ key }) => key.owner === email);
  const paths: ConfigPath[] = [
    ...(config.members.has(email) ? [["members", email]] : []),
    ...[...config.workspaces.values()]
      .filter(({ members }) => members?.has(email))
      .map(({ handle }) => ["workspaces", handle, "members", email]),
    ...owned.map(({ path }) => [...path, "owner"]),
    ...config.accept.flatMap(({ owner }, index) => (owner === email ? [["accept", index, "owner"]] : [])),
    ...config.guardrails.protected.flatMap((one, index) => (one === email ? [["guardrails", "protected", index]] : [])),
  ];
  const [first] = paths;
  const declaredAt = paths.map(formatPath);
  return {
    declaredAt,
    ownerless: owned.map((one) => one.target),
    findings: [
      ...(first
        ? [
            finding(
              "still-declared",
              { person: email, paths: declaredAt },
              { path: first, target: target.member(email) },
            ),
          ]
        : []),
      ...owned.map(({ key, path, target: at }) =>
        finding("key-owner-leaves", { key: key.name, owner: email }, { path: [...path, "owner"], target: at }),
      ),
    ],
  };
}

function keysOf({ organization, workspaces }: Config) {
  const entry = (key: Key, handle?: string) => ({
    key,
    path: keyPath(handle, key.name),
    target: keyTarget(handle, key.name),
  });
  return [
    ...[...workspaces.values()].flatMap(({ handle, keys }) =>
      [...(keys?.values() ?? [])].map((key) => entry(key, handle)),
    ),
    ...[...(organization.keys?.values() ?? [])].map((key) => entry(key)),
  ];
}
