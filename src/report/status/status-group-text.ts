import { isWritableGroup } from "../../core/model/group.ts";
import type { GroupStatus } from "../../core/status/group.ts";
import type { Style } from "../formats/style.ts";
import { type Node, unknownCell } from "../formats/tree.ts";

/** Groups with the roles that they give, and who is in them. */
export function groupNodes(groups: readonly GroupStatus[], hasFile: boolean, style: Style): readonly Node[] {
  return groups.map((group): Node => {
    const { members } = group;
    const cells = groupCells(group, hasFile, style);
    if (!members.known) return { cells, children: [{ cells: [unknownCell("members", members, style)] }] };
    return {
      cells,
      children: members.items.map(({ email, userId }) => ({ cells: [email, { text: userId, paint: style.dim }] })),
    };
  });
}

/** A group on one line. */
export function groupCells(group: GroupStatus, hasFile: boolean, style: Style): Node["cells"] {
  const { id, name, source, declared } = group;
  const isOwn = isWritableGroup(group);
  const remark = hasFile && !declared ? "not in rbac.yaml" : "";
  return [
    { text: name, paint: style.bold },
    rolesCell(group, style),
    isOwn ? "" : { text: `owned by the identity provider (${source})`, paint: style.dim },
    { text: id, paint: style.dim },
    { text: remark, paint: style.warning },
  ];
}

function rolesCell({ roles }: GroupStatus, style: Style) {
  if (!roles) return { text: "roles not known now", paint: style.warning };
  if (roles.length === 0) return { text: "no roles", paint: style.dim };
  return { text: roles.map(({ id, name }) => name ?? id).join(", ") };
}
