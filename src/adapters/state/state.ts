import type { AuditLog } from "../../core/audit/chain.ts";
import type { OtherApi } from "../../core/model/other-api.ts";
import type { RunLock } from "../../core/model/plan.ts";
import type { RateWindow } from "../../core/policy/rate-window.ts";
import { addressSecrets } from "../../core/text/environment-secrets.ts";
import type { Secrets } from "../../core/text/secret.ts";
import type { Clock } from "../clock/clock.ts";
import type { GlobalOptions, Host } from "../host.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What this machine remembers between runs. Nothing is made or opened before it is needed. */
export interface State {
  readonly audit: () => Promise<AuditLog>;
  /** Keeps other runs of this machine from writing to the organization. Waits for them, and says so. Throws Failure. */
  readonly lock: (organization: string) => Promise<RunLock>;
  /** The path for a new file among the evidence that this machine keeps. Throws Failure. */
  readonly evidenceFile: (name: string) => Promise<string>;
  /** The store of `rate_store`; nothing is connected yet. Whoever opens it closes it. */
  readonly rateWindow: (store: string) => Promise<RateWindow>;
}

/** What it takes to remember. */
interface StateRequest {
  readonly host: Host;
  readonly options: GlobalOptions;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly secrets: Secrets;
  /** The API that the run speaks to by then, where it is not the official one. */
  readonly spokenTo: () => OtherApi | undefined;
}

/** The state of this machine, in the folder that the environment names. */
export function createState({ host: { env, now }, options, clock, terminal, secrets, spokenTo }: StateRequest): State {
  let log: Promise<AuditLog> | undefined;
  const openLog = async () => {
    const { createAuditLog } = await import("./audit-log.ts");
    // What others on this machine wrote goes by the machine's clock, not by the API's.
    return createAuditLog({ env, now, notice: terminal.notice, mask: secrets.mask, spokenTo });
  };
  return {
    audit: () => {
      log ??= openLog();
      return log;
    },
    lock: async (organization) => {
      const { lockRun } = await import("./file-lock.ts");
      const onWait = (holder: string) =>
        terminal.notice(`another run${holder} is at work on this organization: waiting for it to end`);
      return lockRun({ env, organization, patience: options.timeout, signal: clock.deadline(), onWait });
    },
    evidenceFile: async (name) => {
      const { evidenceFile } = await import("./state-directory.ts");
      return evidenceFile(env, name);
    },
    rateWindow: async (store) => {
      for (const secret of addressSecrets(store)) secrets.add(secret);
      const { openRateWindow } = await import("../rate/rate-window.ts");
      return openRateWindow(store, { env, now });
    },
  };
}
