import type { SecretCheck, TestedKey } from "../../core/keys/delivery.ts";
import type { OrgWriter } from "../../core/model/call.ts";
import type { CredentialFacts, PromptKeyFacts } from "../../core/model/credential.ts";
import { type Finding, type FindingArgs, finding } from "../../core/model/finding.ts";
import type { OrgReader, OrgSnapshot, Progress } from "../../core/model/org.ts";
import type { OtherApi } from "../../core/model/other-api.ts";
import { isoTime } from "../../core/model/time.ts";
import type { CredentialOwner } from "../../core/plan/credential-owner.ts";
import type { MessageSender } from "../../core/prompt/answer.ts";
import type { PromptKey } from "../../core/prompt/request.ts";
import { opensNothing, type Secrets } from "../../core/text/secret.ts";
import type { RunClock } from "../clock/clock.ts";
import type { GlobalOptions, Host } from "../host.ts";
import { keepLastDate } from "../state/last-date.ts";
import type { Answering, Connection, ConnectionRequest } from "./connection.ts";
import { startDeadline } from "./deadline.ts";

/** The API, connected when the first of these is asked for. Each throws Failure. */
export interface Api {
  readonly reader: () => Promise<OrgReader>;
  /** The writing half of the connection: for commands that change the organization, after everything was agreed. */
  readonly writer: () => Promise<OrgWriter>;
  /**
   * What the credential for administration is, without asking the API; undefined where there is none. Throws Failure for one that is
   * named and not there, or cannot be one.
   */
  readonly credential: () => Promise<CredentialFacts | undefined>;
  /** The key that prompts would be sent with, without asking the API. Throws Failure `usage`, `base-url-refused` for flags that cannot be. */
  readonly promptKey: (key: PromptKey) => Promise<PromptKeyFacts>;
  /**
   * Which lists can be read: each as known, but without its items, for of each only the first page is asked, and of the lists of
   * workspaces those of one workspace. Throws Failure where the credential is rejected.
   */
  readonly probe: () => Promise<OrgSnapshot>;
  readonly owner: () => Promise<CredentialOwner>;
  /** The API that this run speaks to, where it is not the official one. Known from the first of the above on, before anything is sent. */
  readonly spokenTo: () => OtherApi | undefined;
  /** What the answers so far say of the run itself: that the two clocks are apart. */
  readonly findings: () => readonly Finding[];
  /** Whether a secret is that of a key, by its hint, and the API accepts it. Throws Failure where the API gives no answer. */
  readonly checkSecret: (secret: string, key: TestedKey) => Promise<SecretCheck>;
  /**
   * The Messages API, with the key that an environment variable holds (or the profile of --profile), for as long as --timeout
   * says from now on; Ctrl-C has to come by the signal of a call. Throws Failure `credential-missing`, `credential-rejected`.
   */
  readonly messages: (key: PromptKey) => Promise<MessageSender>;
}

/** What it takes to reach the API. */
interface ApiRequest {
  readonly host: Host;
  readonly options: GlobalOptions;
  readonly clock: RunClock;
  readonly terminal: Told;
  readonly secrets: Secrets;
}

/** Whoever is told what goes on. */
interface Told {
  readonly notice: (text: string) => void;
  readonly debug: (text: string) => void;
  readonly progress: Progress;
}

/** One run's way to the API. No SDK is loaded, no credential is read and nothing is sent yet. */
export function createApi({ host: { env, sleep }, options, clock, terminal, secrets }: ApiRequest): Api {
  const said = new Set<string>();
  let other: OtherApi | undefined;
  let compared = false;
  let apart: readonly Finding[] = [];
  // Once for each run: the next one is told the time anew.
  let isKept = false;
  const remember = (from: Answering) => {
    if (isKept || from !== "official") return;
    isKept = true;
    void keepLastDate(env, clock.now());
  };
  const request: Omit<ConnectionRequest, "deadline" | "onDate"> = {
    profile: options.profile,
    baseUrl: options.baseUrl,
    apiRpm: options.apiRpm,
    narrowing: options.narrowing ?? [],
    debug: options.debug,
    env,
    notice: terminal.notice,
    noticeOnce: (text) => {
      if (!said.has(text)) terminal.notice(text);
      said.add(text);
    },
    log: terminal.debug,
    onHost: (spokenTo) => {
      other = spokenTo;
    },
    onSecret: (secret) => {
      if (!opensNothing(secret)) secrets.add(secret);
    },
  };
  let made: Promise<Connection> | undefined;
  const open = async () => {
    const { connect } = await import("./connection.ts");
    const { now } = clock;
    const onDate = (date: string | null, from: Answering) => {
      const found = clocksApart(clock.hear(date), clock);
      if (found && from !== "sandbox" && !compared) {
        apart = [finding("clock-apart", found)];
        terminal.notice(clockNotice(found));
      }
      compared = true;
      remember(from);
    };
    return connect({
      ...request,
      onDate,
      deadline: clock.until(),
      now,
      onProgress: terminal.progress,
      ...(sleep && { sleep }),
    });
  };
  const connection = () => {
    made ??= open();
    return made;
  };
  return {
    reader: async () => (await connection()).reader,
    writer: async () => (await connection()).writer(),
    credential: async () => {
      const { credentialFacts } = await import("./credential-facts.ts");
      return credentialFacts({ env, ...(options.profile !== undefined && { profile: options.profile }) });
    },
    promptKey: async (key) => {
      const [{ promptKeyFacts }, { isGateway }] = await Promise.all([
        import("./credential-facts.ts"),
        import("./connection.ts"),
      ]);
      const { profile, baseUrl } = options;
      return promptKeyFacts({
        ...key,
        env,
        isGateway: isGateway({ env, baseUrl }),
        ...(profile !== undefined && { profile }),
      });
    },
    probe: async () => (await connection()).probe(),
    owner: async () => (await connection()).owner,
    spokenTo: () => other,
    findings: () => apart,
    checkSecret: async (secret, key) => (await connection()).checkSecret(secret, key),
    messages: async (key) => {
      const { connectPrompts } = await import("../messages/connection.ts");
      // A conversation lasts longer than a run may: each of its turns connects anew, and has the whole time. An interrupt comes by
      // the signal of each call; a listener for each turn would stay for as long as the time does.
      const deadline = startDeadline({ milliseconds: options.timeout });
      const onDate = (date: string | null, from: Answering) => {
        if (clock.hearAtLeast(date) !== undefined) remember(from);
      };
      return connectPrompts({ ...request, onDate, deadline }, key);
    },
  };
}

/** Milliseconds by which two clocks may be apart without a word. */
const APART = 5 * 60_000;

/** The two times where this machine's clock and the API's disagree; none where the API's says nothing. */
function clocksApart(
  ahead: number | undefined,
  clock: Pick<RunClock, "now" | "machine">,
): FindingArgs["clock-apart"] | undefined {
  if (ahead === undefined) return {};
  if (Math.abs(ahead) <= APART) return undefined;
  return { machine: isoTime(clock.machine()), api: isoTime(clock.now()) };
}

/** That as a line for whoever waits: commands that only show something have no findings. */
function clockNotice({ machine, api }: FindingArgs["clock-apart"]): string {
  return machine === undefined
    ? "note (clock-apart): the API's answers have no Date, so this machine's clock says what has passed: check that it is right"
    : `note (clock-apart): this machine's clock says ${machine}, the API's ${api}: what has passed is decided by the API's`;
}
