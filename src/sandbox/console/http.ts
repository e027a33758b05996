import * as z from "zod/mini";
import { datetime, integer, number, read, ShapeError, text } from "../http/schema.ts";
import { providerConfig } from "../seed/external-key-shapes.ts";
import { checkSeed, SeedError } from "../seed/file.ts";
import type { ControlHandler } from "../server/server.ts";
import { faultShape } from "../state/faults.ts";
import { ORGANIZATION_ROLES } from "../state/roles.ts";
import { settingsPatch } from "../state/settings.ts";
import type { SandboxControl } from "./control.ts";
import { EDITABLE_KINDS } from "./edit.ts";

const clockMove = z.strictObject({
  advance: z.exactOptional(text(1)),
  set: z.exactOptional(datetime),
  frozen: z.exactOptional(z.boolean()),
});
const newKey = z.strictObject({
  name: text(1, 500),
  workspace: z.exactOptional(z.nullable(text(1))),
  created_by: z.exactOptional(z.nullable(text(1))),
  principal: z.exactOptional(
    z.nullable(z.union([z.strictObject({ user: text(1) }), z.strictObject({ service_account_id: text(1) })])),
  ),
  expires_at: z.exactOptional(z.nullable(datetime)),
  expires_in: z.exactOptional(text(1)),
});
const role = z.enum(ORGANIZATION_ROLES);
const accountRole = z.enum(["admin", "developer"]);
const newUsage = z.strictObject({
  key: z.nullable(text(1)),
  workspace: z.exactOptional(text(1)),
  model: z.exactOptional(text(1)),
  requests: z.exactOptional(integer(1)),
  from: z.exactOptional(datetime),
  until: z.exactOptional(datetime),
  every_hours: z.exactOptional(number(1 / 3600, 8784)),
});
const newRule = z.strictObject({
  name: text(1),
  issuer: text(1),
  service_account: text(1),
  oauth_scope: text(1),
  subject: z.exactOptional(text(1)),
  claims: z.exactOptional(z.record(z.string(), text())),
  workspaces: z.exactOptional(z.union([z.literal("all"), z.array(text(1))])),
});
const newToken = z.strictObject({
  issuer: text(1),
  subject: text(1),
  audience: z.exactOptional(text(1)),
  claims: z.exactOptional(z.record(z.string(), z.unknown())),
  expires_in: z.exactOptional(text(1)),
});
const kind = z.enum(EDITABLE_KINDS);

type Action = (control: SandboxControl, body: unknown) => unknown;

function reading<Schema extends z.core.$ZodType>(
  schema: Schema,
  act: (control: SandboxControl, wanted: z.output<Schema>) => unknown,
): Action {
  return (control, body) => act(control, read(schema, body ?? {}));
}

const actions: Readonly<Record<string, Action>> = {
  "GET /_sandbox/state": (control) => control.dump(),
  "POST /_sandbox/reset": (control, body) => {
    control.reset(body === undefined ? undefined : checkSeed(body, "body"));
    return { reset: true };
  },
  "GET /_sandbox/clock": (control) => clockOf(control),
  "POST /_sandbox/clock": reading(clockMove, (control, wanted) => {
    if (wanted.set !== undefined) control.clock.set(wanted.set);
    if (wanted.advance !== undefined) control.clock.advance(wanted.advance);
    if (wanted.frozen !== undefined) control.clock.freeze(wanted.frozen);
    return clockOf(control);
  }),
  "GET /_sandbox/settings": (control) => control.settings(),
  "POST /_sandbox/settings": reading(settingsPatch, (control, wanted) => control.configure(wanted)),
  "GET /_sandbox/faults": (control) => control.faults(),
  "POST /_sandbox/faults": reading(faultShape, (control, wanted) => ({ id: control.fault(wanted) })),
  "DELETE /_sandbox/faults": (control) => {
    control.clearFaults();
    return { cleared: true };
  },
  "GET /_sandbox/requests": (control) => control.requests(),
  "DELETE /_sandbox/requests": (control) => {
    control.clearRequests();
    return { cleared: true };
  },
  "POST /_sandbox/console/keys": reading(newKey, (control, wanted) => control.console.createKey(wanted)),
  "POST /_sandbox/console/accept_invite": reading(
    z.strictObject({ invite: text(1), name: z.exactOptional(text(1)) }),
    (control, wanted) => control.console.acceptInvite(wanted.invite, wanted.name),
  ),
  "POST /_sandbox/console/set_role": reading(z.strictObject({ user: text(1), role }), (control, wanted) =>
    control.console.setRole(wanted.user, wanted.role),
  ),
  "POST /_sandbox/console/add_user": reading(
    z.strictObject({ email: text(3), role, name: z.exactOptional(text(1)) }),
    (control, wanted) => control.console.addUser(wanted.email, wanted.role, wanted.name),
  ),
  "POST /_sandbox/console/remove_user": reading(z.strictObject({ user: text(1) }), (control, wanted) => {
    control.console.removeUser(wanted.user);
    return { removed: true };
  }),
  "POST /_sandbox/console/add_service_account": reading(
    z.strictObject({ name: text(1), role: z.exactOptional(accountRole), description: z.exactOptional(text()) }),
    (control, wanted) => control.console.addServiceAccount(wanted.name, wanted.role, wanted.description),
  ),
  "POST /_sandbox/console/add_external_key": reading(
    z.strictObject({ provider_config: providerConfig, name: z.exactOptional(text(1)) }),
    (control, wanted) => control.console.addExternalKey(wanted.provider_config, wanted.name),
  ),
  "POST /_sandbox/console/add_federation_rule": reading(newRule, (control, wanted) =>
    control.console.addFederationRule(wanted),
  ),
  "POST /_sandbox/console/token": reading(newToken, async (control, wanted) => ({
    token: await control.console.issueToken(wanted),
  })),
  "POST /_sandbox/console/usage": reading(newUsage, (control, wanted) => control.console.addUsage(wanted)),
  "POST /_sandbox/console/edit": reading(
    z.strictObject({ kind, id: text(1), fields: z.record(z.string(), z.unknown()) }),
    (control, wanted) => control.console.edit(wanted.kind, wanted.id, wanted.fields),
  ),
  "POST /_sandbox/console/remove": reading(z.strictObject({ kind, id: text(1) }), (control, wanted) => {
    control.console.remove(wanted.kind, wanted.id);
    return { removed: true };
  }),
};

/** The control interface over HTTP: the same functions, each under a path of `/_sandbox/`; 400 with `error` for what does not fit. */
export function controlHandler(
  control: SandboxControl,
  environment: () => Readonly<Record<string, string>>,
): ControlHandler {
  return async (method, path, body) => {
    if (method === "GET" && path === "/_sandbox") {
      return { status: 200, body: { environment: environment(), endpoints: Object.keys(actions) } };
    }
    const action = Object.hasOwn(actions, `${method} ${path}`) ? actions[`${method} ${path}`] : undefined;
    if (action === undefined) {
      return { status: 404, body: { error: `no such endpoint: ${method} ${path}`, endpoints: Object.keys(actions) } };
    }
    try {
      const { by, wanted } = readBy(path, body.trim() === "" ? undefined : JSON.parse(body));
      const as = by === undefined ? control : { ...control, console: control.consoleAs(by) };
      return { status: 200, body: await action(as, wanted) };
    } catch (error) {
      const expected = error instanceof ShapeError || error instanceof SeedError || error instanceof SyntaxError;
      const message = error instanceof Error ? error.message : String(error);
      return { status: expected ? 400 : 500, body: { error: message } };
    }
  };
}

/** Who acts at the Console, where the body names somebody, and what they are to do. */
function readBy(path: string, body: unknown): { readonly by?: string; readonly wanted: unknown } {
  if (!path.startsWith("/_sandbox/console/") || typeof body !== "object" || body === null || !("by" in body)) {
    return { wanted: body };
  }
  const { by, ...wanted } = body;
  return { by: read(text(1), by), wanted };
}

function clockOf(control: SandboxControl): { now: string } {
  return { now: new Date(control.clock.now()).toISOString() };
}
