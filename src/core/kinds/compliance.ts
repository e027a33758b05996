import { itemsOf, type OrgSnapshot } from "../model/org.ts";
import { target } from "../model/target.ts";
import { emptyKindPlan, type Kind, type KindPlan, type PlanInput } from "./kind.ts";

const STATES = ["enabled", "disabled"] as const;
type State = (typeof STATES)[number];

/**
 * Whether the activity feed is on. It follows the file alone: what nothing declares is left as it is. Switched off it cannot be undone,
 * for what is missed is missed (admin-api-1.14.md 3.7).
 */
export const compliance: Kind<"compliance"> = {
  manage: "compliance",
  order: 14,
  endsAt: 7,
  writtenBy: "api",
  followsFile: true,
  needs: ["compliance"],
  scope: ({ whole }) => (whole ? { compliance: true } : {}),
  lists: { compliance: "compliance" },
  count: () => 1,
  feed: { names: [], says: /compliance_(?:api_)?settings/ },
  isPlace: false,
  plan: planCompliance,
  confirmedBy: () => "compliance",
  calls: ({ after }) => {
    const state = STATES.find((word) => word === after?.state);
    return state === undefined ? undefined : [{ name: "set-compliance", state }];
  },
  exported: [
    {
      in: "organization",
      field: "compliance",
      section: ({ live }) => {
        const state = stateOf(live);
        return { entries: state === undefined ? [] : [{ key: "compliance", value: state }], below: [], leftOut: [] };
      },
    },
  ],
};

/** Undefined where it is not known, or a word that is new. */
function stateOf({ compliance: reading }: OrgSnapshot): State | undefined {
  const [settings] = itemsOf(reading);
  return STATES.find((word) => word === settings?.state);
}

function planCompliance({ config, live }: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  const wanted = config.organization.compliance;
  const state = stateOf(live);
  if (wanted === undefined || state === undefined || wanted === state) return planned;
  planned.changes.push({
    action: "update",
    kind: "compliance",
    target: target.compliance,
    id: null,
    before: { state },
    after: { state: wanted },
    risk: wanted === "disabled" ? "irreversible" : "safe",
    reason: "differs",
  });
  return planned;
}
