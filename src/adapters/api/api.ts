import type { SecretCheck } from "../../core/keys/delivery.ts";
import type { OrgWriter } from "../../core/model/call.ts";
import type { OrgReader } from "../../core/model/org.ts";
import type { CredentialOwner } from "../../core/plan/credential-owner.ts";
import type { MessageSender } from "../../core/prompt/answer.ts";
import type { RunClock } from "../clock/clock.ts";
import type { GlobalOptions, Host } from "../host.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Connection } from "./connection.ts";
import { startDeadline } from "./deadline.ts";

/** The API, connected when the first of these is asked for. Each throws Failure. */
export interface Api {
  readonly reader: () => Promise<OrgReader>;
  /** The writing half of the connection: for commands that change the organization, after everything was agreed. */
  readonly writer: () => Promise<OrgWriter>;
  readonly owner: () => Promise<CredentialOwner>;
  /** Whether a secret is that of the key with `hint`, and the API accepts it. Throws Failure where the API gives no answer. */
  readonly checkSecret: (
    secret: string,
    hint: string | null | undefined,
    oldHint?: string | null,
  ) => Promise<SecretCheck>;
  /**
   * The Messages API, with the key that this environment variable holds (or the profile of --profile), for as long as --timeout
   * says from now on; Ctrl-C has to come by the signal of a call. Throws Failure `credential-missing`, `credential-rejected`.
   */
  readonly messages: (variable: string) => Promise<MessageSender>;
}

/** What it takes to reach the API. */
interface ApiRequest {
  readonly host: Host;
  readonly options: GlobalOptions;
  readonly clock: RunClock;
  readonly terminal: Terminal;
}

/** One run's way to the API. No SDK is loaded, no credential is read and nothing is sent yet. */
export function createApi({ host: world, options, clock, terminal }: ApiRequest): Api {
  let made: Promise<Connection> | undefined;
  const open = async () => {
    const { connect } = await import("./connection.ts");
    return connect({ options, world, terminal, deadline: clock.until() });
  };
  const connection = () => {
    made ??= open();
    return made;
  };
  return {
    reader: async () => (await connection()).reader,
    writer: async () => (await connection()).writer(),
    owner: async () => (await connection()).owner,
    checkSecret: async (secret, hint, oldHint) => (await connection()).checkSecret(secret, hint, oldHint),
    messages: async (variable) => {
      const { connectPrompts } = await import("./connection.ts");
      // A conversation lasts longer than a run may: each of its turns connects anew, and has the whole time. An interrupt comes by
      // the signal of each call; a listener for each turn would stay for as long as the time does.
      const deadline = startDeadline({ milliseconds: options.timeout });
      return connectPrompts({ options, world, terminal, deadline }, variable);
    },
  };
}
