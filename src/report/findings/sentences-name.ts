import type { NameFindingArgs } from "../../core/model/name-finding.ts";
import { quoted } from "../../core/text/text.ts";
import type { Sentences } from "./sentence.ts";

/** How two of one name are told apart: what may be pinned is pinned. */
const APART: Readonly<Record<string, string>> = {
  member: "change or remove the one that is not meant in the Console: people have no other name in the file",
  group: "rename or delete the others: groups are known by their names",
  "rate limit": "name a model that only one of them has, or its type",
};
const PINNED = "pin the one that is meant with id, or rename the others";

/** Which live object a name or an id of the file means. */
export const NAME_SENTENCES = {
  "perhaps-renamed": ({ kind, removed, more, created }) => ({
    message: `${removed.map(quoted).join(", ")}${more === undefined ? "" : ` and ${more} more`} would be ${
      kind === "key" ? "disabled" : "archived"
    } while ${quoted(created)}, which is declared beside ${removed.length === 1 ? "it" : "them"}, is still to be created`,
    fix: `if ${quoted(created)} is a new name of one that is there, write that one beside it as previously`,
  }),
  "look-alike-there": ({ kind, live, created, accepted }) => ({
    message: `the ${kind} ${quoted(created)} would be added beside ${quoted(live)}, which looks the same; it is not planned`,
    fix: `write the name as it is in the organization${accepted === undefined ? "" : `; where both are meant, say so under accept, with target: ${accepted}`}`,
  }),
  "same-name-replaced": ({ kind, removed, created, differs }) => ({
    message: `the ${kind} ${quoted(removed)} would go and ${quoted(created)}, which ${differs === "look" ? "looks the same" : "is one letter from it"}, would be added; neither is planned`,
    fix: `write the name as it is in the organization${
      kind === "workspace" || kind === "key" ? `, or a new one with previously: ${removed} beside it` : ""
    }; to replace it on purpose, remove the old one first, in a run of its own`,
  }),
  "ambiguous-name": ({ kind, name, ids, pinned, other, wait }) => {
    const others = ids.filter((id) => id !== pinned).join(", ");
    if (other !== undefined)
      return {
        message: `the ${kind} ${quoted(name)} is pinned to ${pinned}, which is named ${quoted(other)} as another entry is, so nothing about them is planned`,
        fix: `correct the id; if it is right, rename ${quoted(other)} first, in a run of its own without the other entry`,
      };
    if (pinned !== undefined)
      return {
        message: `the ${kind} ${quoted(name)} is pinned to ${pinned}, which has another name, while ${others} has this one, so nothing about them is planned`,
        fix: `correct the id; if it is right, give ${others} another name first`,
      };
    return {
      message: `${ids.length} live objects are the ${kind} ${quoted(name)} (${others}), so nothing about them is planned`,
      fix: wait ? "archive all but the one that is meant in the Console" : (APART[kind] ?? PINNED),
    };
  },
  "workspace-perhaps-renamed": ({ workspace, live, id }) => ({
    message: `no live workspace is named ${quoted(workspace)}, but ${quoted(live)} (${id}) holds its keys; nothing about it is planned`,
    fix: `if it was renamed by hand, say \`previously: ${live}\` to rename it back, or pin it with \`id: ${id}\``,
  }),
  "pinned-id-not-found": ({ kind, id }) => ({
    message: `no live ${kind} has the id ${quoted(id)}`,
    fix: "correct the id, or remove it to match by name",
  }),
  "pinned-id-superseded": ({ key, id, current }) => ({
    message: `the id ${quoted(id)} pins a key that a rotation has superseded; ${current === undefined ? `none is named ${quoted(key)} yet` : `${current} is the current one`}`,
    fix: `pin ${current ?? "the one that takes its place, once it is there"}, or remove the id where no other entry is named ${quoted(key)}`,
  }),
} satisfies Sentences<keyof NameFindingArgs>;
