import type { Credential } from "./adapters/api/credentials.ts";
import type { Wait } from "./adapters/api/request-queue.ts";
import type { Terminal } from "./adapters/terminal.ts";
import type { GlobalOptions, World } from "./context.ts";
import type { OrgWriter } from "./core/apply/api-call.ts";
import type { CredentialOwner } from "./core/credential-owner.ts";
import type { SecretCheck } from "./core/delivery.ts";
import type { OrgReader } from "./core/org.ts";

/** The run's one connection to the Admin API, under one deadline. */
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
  /** Aborts with a Failure as its reason when the time is over, or the person interrupts. */
  readonly signal: AbortSignal;
}

/** Resolves the credential and the host, and connects; nothing is sent yet. Throws Failure. */
export async function connect(options: GlobalOptions, world: World, terminal: Terminal): Promise<Connection> {
  const { env, now, signal } = world;
  const [credentials, { resolveBaseUrl }, { startDeadline }, { connectAdmin }, { createOrgReader }] = await Promise.all(
    [
      import("./adapters/api/credentials.ts"),
      import("./adapters/api/base-url.ts"),
      import("./adapters/api/deadline.ts"),
      import("./adapters/api/anthropic-client.ts"),
      import("./adapters/api/org-reader.ts"),
    ],
  );
  const credential = credentials.resolveCredential({
    env,
    ...(options.profile !== undefined && { profile: options.profile }),
  });
  const baseUrl = resolveBaseUrl({ env, ...(options.baseUrl !== undefined && { flag: options.baseUrl }) });
  if (baseUrl.noticeDue) terminal.notice(`note: the API is ${baseUrl.host}, not api.anthropic.com`);
  const deadline = startDeadline({ milliseconds: options.timeout, interrupt: signal });
  const open = (opened: Credential) =>
    connectAdmin({
      credential: opened,
      baseUrl: baseUrl.url,
      deadline,
      perMinute: options.apiRpm,
      debug: options.debug,
      log: terminal.debug,
      onWait: (wait) => terminal.notice(waitWords(wait)),
    }).client;
  const client = open(credential);
  const reader = createOrgReader({ client, deadline, now, onProgress: terminal.progress });
  const models = async () => {
    const inference = credentials.inferenceCredential(env);
    return (inference ? createOrgReader({ client: open(inference), deadline, now }) : reader).models();
  };
  return {
    reader: { ...reader, models },
    writer: async () => {
      const { createOrgWriter } = await import("./adapters/api/org-writer.ts");
      return createOrgWriter({ client, deadline, ...(world.sleep && { sleep: world.sleep }) });
    },
    owner: credentials.ownerOf(credential, env),
    checkSecret: async (secret, hint, oldHint) => {
      const { checkSecret } = await import("./adapters/api/key-check.ts");
      return checkSecret({ secret, hint, oldHint, baseUrl: baseUrl.url, deadline });
    },
    signal: deadline.signal,
  };
}

/** Why nothing seems to happen for a while. */
function waitWords(wait: Wait): string {
  if (wait.reason === "asked") return `waiting ${Math.ceil(wait.milliseconds / 1000)} s, as the API asks`;
  return `waiting: at most ${wait.perMinute} requests a minute are sent (--api-rpm; the organization's limit is shared by all its tools)`;
}
