import type { ServiceAccount as Declared } from "../../config/config.ts";
import { canHold } from "../../config/schema.ts";
import { type ExportEntry, type ExportValue, line } from "../../document/document.ts";
import { type LeftOut, leftOutComment } from "../../document/left-out.ts";
import type { Change, ChangeOf } from "../../model/change.ts";
import { finding } from "../../model/finding.ts";
import { itemsOf, type ServiceAccount } from "../../model/org.ts";
import { isKnownServiceAccountRole } from "../../model/role.ts";
import { parseTarget, target } from "../../model/target.ts";
import { compareText } from "../../text/text.ts";
import { type Access, DIRECT, subjectOf } from "../access.ts";
import { rulesLeft } from "../federation-rule/rules-left.ts";
import {
  collection,
  type ExportFacts,
  emptyKindPlan,
  type Kind,
  type KindPlan,
  type PlanInput,
  type Section,
  sizeOf,
} from "../kind.ts";

/** Service accounts: machines that act without a person. Their names are fixed for good, and an archived one never comes back. */
export const service_account: Kind<"service_account"> = {
  manage: "service_accounts",
  order: 8,
  endsAt: 6,
  writtenBy: "api",
  needs: ["serviceAccounts"],
  // An account is not archived while a rule lets somebody in as it.
  scope: ({ whole, removes }) => ({
    ...(whole && { serviceAccounts: true, ...(removes("service_accounts") && { federationRules: true }) }),
  }),
  lists: { serviceAccounts: "service_accounts" },
  ofMachines: true,
  count: ({ serviceAccounts }) => sizeOf(serviceAccounts),
  grants: ({ serviceAccounts }) =>
    itemsOf(serviceAccounts).map(({ id, role }) => {
      return { id, to: { type: "service_account" as const, id }, role, how: "direct" as const, inForce: true };
    }),
  access: ({ config, live }) =>
    itemsOf(live.serviceAccounts).map(({ id, name, role }): Access => {
      const isAdmin = role === "admin";
      return {
        subject: subjectOf("service_account", { id, name }),
        on: { type: "organization" },
        role,
        through: DIRECT,
        ...(config.serviceAccounts.has(name) && { path: ["service_accounts", name] }),
        use: { by: "actor", id },
        remarks: isAdmin ? [{ flag: "admin", reason: { code: "admin", args: {} } }] : [],
      };
    }),
  // An update may have changed the role, or the description.
  feed: {
    names: ["own"],
    gives: ["platform_service_account_created"],
    blurs: ["platform_service_account_updated", "platform_service_account_archived"],
  },
  isPlace: false,
  plan: planServiceAccounts,
  named: (at) => {
    const { name } = parseTarget(at) ?? {};
    return name === undefined
      ? undefined
      : { is: "service account", place: "", name, path: ["service_accounts", name] };
  },
  inUse: (change, live, planned) => {
    if (change.action !== "remove") return undefined;
    const { name } = change.before;
    const rules = rulesLeft(live, planned)?.ofAccount(change.id, name);
    if (rules?.length === 0) return undefined;
    return finding("service-account-in-use", { account: name, rules: rules ?? [] }, { target: change.target });
  },
  confirmedBy: ({ target: at }) => parseTarget(at)?.name ?? at,
  calls: (change) => {
    if (change.action === "create") {
      const { description } = change.after;
      const account = parseTarget(change.target)?.name ?? "";
      return [{ name: "create-service-account", account, ...(typeof description === "string" && { description }) }];
    }
    const { id: serviceAccountId } = change;
    if (serviceAccountId === null) return undefined;
    if (change.action === "remove") return [{ name: "archive-service-account", serviceAccountId }];
    const { role, description } = change.after;
    const fields = {
      ...(description !== undefined && { description }),
      ...(role !== undefined && { organization_role: role }),
    };
    return [{ name: "update-service-account", serviceAccountId, fields }];
  },
  exported: [
    {
      in: "file",
      field: "service_accounts",
      section: (facts) => collection("service_accounts", accountsSection(facts), true),
    },
  ],
};

/** What is missing is created, what differs is changed, and what is not declared is archived under `full`. */
function planServiceAccounts({ config, live }: PlanInput): KindPlan {
  const planned = emptyKindPlan();
  const { serviceAccounts } = live;
  if (config.manage.service_accounts === "off" || !serviceAccounts.known) return planned;
  const byName = new Map(serviceAccounts.items.map((account) => [account.name, account]));
  for (const declared of config.serviceAccounts.values()) {
    const account = byName.get(declared.name);
    planned.changes.push(...(account ? difference(declared, account) : [creation(declared)]));
  }
  for (const account of serviceAccounts.items) {
    if (config.serviceAccounts.has(account.name)) continue;
    const { id, name, role, description = null } = account;
    const at = { kind: "service_account", target: target.serviceAccount(name), id } as const;
    if (config.manage.service_accounts !== "full") {
      planned.unmanaged.push({ ...at, name, details: { role, description } });
      continue;
    }
    const before = { name, role };
    planned.changes.push({
      action: "remove",
      ...at,
      before,
      after: null,
      risk: "irreversible",
      reason: "not-declared",
    });
  }
  return planned;
}

/** Only the Console makes an admin: of a workload's token the API refuses it, even unchanged (admin-api-1.14.md 3.1). */
function creation({ name, role = "developer", description }: Declared): Change {
  const byApi = role !== "admin";
  return {
    action: byApi ? "create" : "manual",
    kind: "service_account",
    target: target.serviceAccount(name),
    id: null,
    before: null,
    after: { role, ...(description !== undefined && { description }) },
    risk: "widening",
    reason: byApi ? "declared" : "console-only",
  };
}

type AccountFields = { -readonly [Field in keyof Updated]: Updated[Field] };
type Updated = ChangeOf<"service_account", "update">["after"];

function difference(declared: Declared, live: ServiceAccount): readonly Change[] {
  const { role, description } = declared;
  const before: AccountFields = {};
  const after: AccountFields = {};
  if (description !== undefined && description !== live.description) {
    [before.description, after.description] = [live.description ?? null, description];
  }
  if (role !== undefined && role !== live.role) [before.role, after.role] = [live.role, role];
  if (Object.keys(after).length === 0) return [];
  const at = { kind: "service_account", target: target.serviceAccount(live.name), id: live.id, before, after } as const;
  if (after.role === "admin") return [{ action: "manual", ...at, risk: "widening", reason: "console-only" }];
  return [{ action: "update", ...at, risk: after.role === undefined ? "safe" : "removal", reason: "differs" }];
}

/** Every account by its name, its role and what it is for. */
function accountsSection({ live }: ExportFacts): Section {
  const entries: ExportEntry[] = [];
  const leftOut: LeftOut[] = [];
  const accounts = itemsOf(live.serviceAccounts);
  for (const { name, role, description } of accounts.toSorted((one, other) => compareText(one.name, other.name))) {
    const what = `the service account ${name}`;
    const at = target.serviceAccount(name);
    if (!canHold.slug(name)) leftOut.push({ reason: "unwritable-name", what, target: at });
    else if (!isKnownServiceAccountRole(role)) leftOut.push({ reason: "unknown-role", what, target: at });
    else {
      const canSay = description !== undefined && description !== "" && canHold.accountDescription(description);
      const fields: Record<string, ExportValue> = { role, ...(canSay && { description }) };
      entries.push({ key: name, value: line(fields) });
    }
  }
  return { entries, below: leftOut.map(leftOutComment), leftOut };
}
