import type { SecretCheck } from "../../core/keys/delivery.ts";
import type { OrgWriter } from "../../core/model/call.ts";
import type { OrgReader } from "../../core/model/org.ts";
import type { CredentialOwner } from "../../core/plan/credential-owner.ts";
import type { MessageSender } from "../../core/prompt/answer.ts";
import type { GlobalOptions, Host } from "../host.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { BaseUrl } from "./base-url.ts";
import type { Credential } from "./credentials.ts";
import type { Deadline } from "./deadline.ts";
import type { Wait } from "./request-queue.ts";

/** The run's one connection to the Admin API. */
export interface Connection {
  readonly reader: OrgReader;
  /** Makes the writing half: whoever only reads never holds it. */
  readonly writer: () => Promise<OrgWriter>;
  readonly owner: CredentialOwner;
  /** Tests a secret against the same host, over a connection of its own. Throws Failure. */
  readonly checkSecret: (
    secret: string,
    hint: string | null | undefined,
    oldHint?: string | null,
  ) => Promise<SecretCheck>;
}

/** What a connection is made from. */
export interface ConnectionRequest {
  readonly options: GlobalOptions;
  readonly world: Host;
  readonly terminal: Terminal;
  /** The run's own, or, for prompts, one for each call. */
  readonly deadline: Deadline;
}

/** Resolves the credential and the host, and connects; nothing is sent yet. Throws Failure. */
export async function connect(request: ConnectionRequest): Promise<Connection> {
  const { options, world, terminal, deadline } = request;
  const { env, now } = world;
  const [credentials, { resolveBaseUrl }, { connectAdmin }, { createOrgReader }] = await Promise.all([
    import("./credentials.ts"),
    import("./base-url.ts"),
    import("./client.ts"),
    import("./reader.ts"),
  ]);
  const credential = credentials.resolveCredential({
    env,
    ...(options.profile !== undefined && { profile: options.profile }),
  });
  const baseUrl = resolveBaseUrl({ env, ...(options.baseUrl !== undefined && { flag: options.baseUrl }) });
  noticeHost(baseUrl, terminal);
  const open = (opened: Credential) => connectAdmin(connectionOptions(request, opened, baseUrl.url)).client;
  const client = open(credential);
  const reader = createOrgReader({ client, deadline, now, onProgress: terminal.progress });
  const models = async () => {
    const inference = credentials.inferenceCredential(env);
    return (inference ? createOrgReader({ client: open(inference), deadline, now }) : reader).models();
  };
  return {
    reader: { ...reader, models },
    writer: async () => {
      const { createOrgWriter } = await import("./writer.ts");
      return createOrgWriter({ client, deadline, ...(world.sleep && { sleep: world.sleep }) });
    },
    owner: credentials.ownerOf(credential, env),
    checkSecret: async (secret, hint, oldHint) => {
      const { checkSecret } = await import("./key-check.ts");
      return checkSecret({ secret, hint, oldHint, baseUrl: baseUrl.url, deadline });
    },
  };
}

/**
 * Resolves the credential for prompts, in the environment variable `variable` or the profile of --profile, and the host; nothing is
 * sent yet. Throws Failure.
 */
export async function connectPrompts(request: ConnectionRequest, variable: string): Promise<MessageSender> {
  const { options, world, terminal, deadline } = request;
  const { env } = world;
  const [{ messageCredential }, { resolveBaseUrl }] = await Promise.all([
    import("./credentials.ts"),
    import("./base-url.ts"),
  ]);
  const profile = options.profile === undefined ? {} : { profile: options.profile };
  const credential = messageCredential({ env, variable, ...profile });
  const baseUrl = resolveBaseUrl({ env, ...(options.baseUrl !== undefined && { flag: options.baseUrl }) });
  noticeHost(baseUrl, terminal);
  const [{ connectMessages }, { createMessageSender }] = await Promise.all([
    import("./client.ts"),
    import("../messages/sender.ts"),
  ]);
  const client = connectMessages(connectionOptions(request, credential, baseUrl.url));
  return createMessageSender({ client, credential, deadline: deadline.signal });
}

/** Runs that know it already: a conversation connects anew for each turn. */
const NOTICED = new WeakSet<Terminal>();

function noticeHost({ noticeDue, host }: BaseUrl, terminal: Terminal): void {
  if (!noticeDue || NOTICED.has(terminal)) return;
  NOTICED.add(terminal);
  terminal.notice(`note: the API is ${host}, not api.anthropic.com`);
}

function connectionOptions(
  { options, terminal, deadline }: ConnectionRequest,
  credential: Credential,
  baseUrl: string,
) {
  return {
    credential,
    baseUrl,
    deadline,
    perMinute: options.apiRpm,
    debug: options.debug,
    log: terminal.debug,
    onWait: (wait: Wait) => terminal.notice(waitWords(wait)),
  };
}

/** Why nothing seems to happen for a while. */
function waitWords(wait: Wait): string {
  if (wait.reason === "asked") return `waiting ${Math.ceil(wait.milliseconds / 1000)} s, as the API asks`;
  return `waiting: at most ${wait.perMinute} requests a minute are sent (--api-rpm; the organization's limit is shared by all its tools)`;
}
