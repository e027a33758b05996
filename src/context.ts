import { startDeadline, sleep as wait } from "./adapters/api/deadline.ts";
import type { PolicyTestSource } from "./adapters/config/policy-test-files.ts";
import type { PersonRemoval } from "./adapters/config/remove-person.ts";
import type { NewConfig } from "./adapters/config/yaml-text.ts";
import { readText, sha256 } from "./adapters/files/text-file.ts";
import type { GlobalOptions, Host } from "./adapters/host.ts";
import { gitEmail, operator } from "./adapters/identity/identity.ts";
import type { AnswerWriter } from "./adapters/terminal/answer-writer.ts";
import { createTerminal, type Terminal, wantsColour } from "./adapters/terminal/terminal.ts";
import type { AuditLog } from "./core/audit/chain.ts";
import type { Delivery, SecretCheck } from "./core/keys/delivery.ts";
import type { OrgWriter } from "./core/model/call.ts";
import { Failure } from "./core/model/failure.ts";
import type { OrgReader } from "./core/model/org.ts";
import type { RunLock } from "./core/model/plan.ts";
import type { Evidence } from "./core/offboarding/evidence.ts";
import type { PlanOutcome } from "./core/outcome/outcome.ts";
import type { CredentialOwner } from "./core/plan/credential-owner.ts";
import type { RateWindow } from "./core/policy/rate-window.ts";
import type { PolicyTestFile } from "./core/policy-test/report.ts";
import type { MessageSender } from "./core/prompt/answer.ts";
import type { ContentBlock } from "./core/prompt/request.ts";
import { maskSecrets } from "./core/text/secret.ts";
import type { ConfigReading } from "./core/validate/parse.ts";
import { render } from "./report/render.ts";

/** What commands have of the world, made once per run; everything heavy loads on first use. */
export interface Context {
  readonly cwd: string;
  readonly env: Host["env"];
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly options: GlobalOptions;
  /** The rbac.yaml of this run, found or named. `file` (a command's argument) wins over `--config`. Throws Failure. */
  readonly config: (file?: string) => Promise<ConfigReading>;
  /** As `config`, or undefined where no file was named and none is found. */
  readonly configIfAny: () => Promise<ConfigReading | undefined>;
  readonly org: () => Promise<OrgReader>;
  /** The writing half of the connection: for commands that change the organization, after everything was agreed. */
  readonly writer: () => Promise<OrgWriter>;
  readonly credentialOwner: () => Promise<CredentialOwner>;
  /** Aborts, with a Failure as its reason, when the time for the run is over or the person interrupts. */
  readonly deadline: () => Promise<AbortSignal>;
  /** Waits so many milliseconds, or until `signal` aborts; does not reject then. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Keeps other runs of this machine from writing to the organization. Waits for them, and says so. Throws Failure. */
  readonly lock: (organization: string) => Promise<RunLock>;
  /** The text of a file that a flag names. Throws Failure `file-unreadable`. */
  readonly readText: (file: string) => Promise<string>;
  /** Shows a plan on stderr, as text, for the person who is to agree to it. */
  readonly show: (outcome: PlanOutcome) => Promise<void>;
  /** The audit log of this machine. Nothing is made or opened before it is written to. */
  readonly audit: () => Promise<AuditLog>;
  readonly terminal: Terminal;
  /** What it takes to write a config where there was none. */
  readonly newConfig: () => Promise<NewConfig>;
  /** SHA-256 of a text, lower-case hex. */
  readonly digest: (text: string) => string;
  /**
   * Hands a secret to the `deliver` commands of a key, in order, up to the first that fails; `folder` is where they run. Does
   * not throw for a command that fails: the last Delivery says so.
   */
  readonly deliver: (
    commands: readonly (readonly string[])[],
    secret: string,
    folder: string,
  ) => Promise<readonly Delivery[]>;
  /**
   * Whether a secret is that of the key with `hint`, and the API accepts it. Throws Failure where the API gives no answer.
   */
  readonly checkSecret: (
    secret: string,
    hint: string | null | undefined,
    oldHint?: string | null,
  ) => Promise<SecretCheck>;
  /** The text of an rbac.yaml without a person. Throws Failure `config-unreadable`. */
  readonly removePerson: (text: string, email: string) => Promise<PersonRemoval>;
  /** The evidence of a revocation as a file holds it. */
  readonly evidenceText: (evidence: Evidence, markdown: boolean) => Promise<string>;
  /** The path for a new file among the evidence that this machine keeps. Throws Failure. */
  readonly evidenceFile: (name: string) => Promise<string>;
  /**
   * The Messages API, with the key that this environment variable holds (or the profile of --profile), for as long as --timeout
   * says from now on; Ctrl-C has to come by the signal of a call. Throws Failure `credential-missing`, `credential-rejected`.
   */
  readonly messages: (variable: string) => Promise<MessageSender>;
  /** The store of `rate_store`; nothing is connected yet. Whoever opens it closes it. */
  readonly rateWindow: (store: string) => Promise<RateWindow>;
  /** git's `user.email` here; undefined where there is no git, or no such setting. */
  readonly gitEmail: () => Promise<string | undefined>;
  /** Who runs the program, `user@machine`, as the audit log names it. */
  readonly operator: () => string;
  /** A file that goes with a prompt: text, an image or a PDF. Throws Failure `file-unreadable`. */
  readonly attachment: (file: string) => Promise<ContentBlock>;
  /**
   * Writes a piece of the result to stdout while the rest is still to come, and waits while its reader is slow. Secrets are masked,
   * also one that two pieces hold together; on a terminal what would steer it is shown escaped. `end` writes what was held back.
   */
  readonly out: AnswerWriter;
  /** Files of policy tests, each once. Throws Failure `no-tests`, `file-unreadable`. */
  readonly policyTests: (source: PolicyTestSource) => Promise<readonly PolicyTestFile[]>;
  /** Starts the simulated organization. Throws Failure. */
  readonly startSandbox: (options: SandboxOptions) => Promise<RunningSandbox>;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

export interface SandboxOptions {
  /** `small`, `large`, or a path of a JSON file. */
  readonly seed: string;
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** Milliseconds that every answer takes longer. */
  readonly latency?: number;
}

/** A sandbox that is up. */
export interface RunningSandbox {
  readonly url: string;
  /** What to export so that this program, the SDK and curl use it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** Makes the Context of one run. Nothing is read or connected until a command asks for it. */
export function createContext(options: GlobalOptions, world: Host): Context {
  const { cwd, env, now, signal, sleep = wait } = world;
  const terminal = createTerminal(world, options);
  const named = options.config;

  const readConfig = async (file: string | undefined) => {
    const adapter = await import("./adapters/config/config-file.ts");
    const source = {
      cwd,
      now: now(),
      ...(file !== undefined && { file }),
      ...(file === "-" && { stdin: world.stdin }),
    };
    return adapter.readConfig(source);
  };
  const findConfig = async () => {
    const adapter = await import("./adapters/config/config-file.ts");
    return adapter.findConfig(cwd);
  };
  const deadline = once(async () => {
    return startDeadline({ milliseconds: options.timeout, interrupt: signal });
  });
  const connection = once(async () => {
    const [{ connect }, until] = await Promise.all([import("./adapters/api/connection.ts"), deadline()]);
    return connect({ options, world, terminal, deadline: until });
  });
  const out = once(async () => {
    const { createAnswerWriter } = await import("./adapters/terminal/answer-writer.ts");
    return createAnswerWriter(world.stdout, { isTerminal: world.stdout.isTTY === true, signal });
  });
  const audit = once(async () => {
    const { createAuditLog } = await import("./adapters/state/audit-log.ts");
    return createAuditLog({ env, now, notice: terminal.notice });
  });

  return {
    cwd,
    env,
    now,
    options,
    signal,
    terminal,
    digest: sha256,
    org: async () => (await connection()).reader,
    writer: async () => (await connection()).writer(),
    credentialOwner: async () => (await connection()).owner,
    deadline: async () => (await deadline()).signal,
    sleep,
    lock: async (organization) => {
      const { lockRun } = await import("./adapters/state/file-lock.ts");
      const { signal: until } = await deadline();
      const onWait = () => terminal.notice("another run is at work on this organization: waiting for it to end");
      return lockRun({ env, organization, patience: options.timeout, signal: until, onWait });
    },
    readText: async (file) => {
      return readText(file, cwd);
    },
    show: async (outcome) => {
      const colour = options.color && wantsColour(world.stderr, env);
      world.stderr.write(`${maskSecrets(await render(outcome, { format: "text", exitCode: 0, colour }))}\n`);
    },
    audit,
    config: async (file) => readConfig(file ?? named),
    configIfAny: async () => {
      const file = named ?? (await findConfig());
      return file === undefined ? undefined : readConfig(file);
    },
    newConfig: async () => {
      const { newConfigIn } = await import("./adapters/config/yaml-text.ts");
      return newConfigIn(cwd);
    },
    deliver: async (commands, secret, folder) => {
      const { deliverAll } = await import("./adapters/delivery/deliver.ts");
      const { signal: until } = await deadline();
      return deliverAll(commands, { secret, cwd: folder, env, signal: until });
    },
    checkSecret: async (secret, hint, oldHint) => (await connection()).checkSecret(secret, hint, oldHint),
    removePerson: async (text, email) => {
      const { removePerson } = await import("./adapters/config/remove-person.ts");
      return removePerson(text, email);
    },
    evidenceText: async (evidence, markdown) => {
      if (markdown) return (await import("./report/evidence.ts")).evidenceMarkdown(evidence);
      const { evidenceJson } = await import("./core/offboarding/evidence.ts");
      return `${JSON.stringify(evidenceJson(evidence), null, 2)}\n`;
    },
    evidenceFile: async (name) => {
      const { evidenceFile } = await import("./adapters/state/state-directory.ts");
      return evidenceFile(env, name);
    },
    policyTests: async (source) => {
      const { readPolicyTests } = await import("./adapters/config/policy-test-files.ts");
      return readPolicyTests(source, world);
    },
    messages: async (variable) => {
      const { connectPrompts } = await import("./adapters/api/connection.ts");
      // A conversation lasts longer than a run may: each of its turns connects anew, and has the whole time. An interrupt comes by
      // the signal of each call; a listener for each turn would stay for as long as the time does.
      const until = startDeadline({ milliseconds: options.timeout });
      return connectPrompts({ options, world, terminal, deadline: until }, variable);
    },
    rateWindow: async (store) => {
      const { openRateWindow } = await import("./adapters/rate/rate-window.ts");
      return openRateWindow(store, { env, now });
    },
    gitEmail: () => gitEmail({ cwd, env }),
    operator,
    attachment: async (file) => {
      const { readAttachment } = await import("./adapters/messages/attachment.ts");
      return readAttachment({ file, cwd, signal });
    },
    out: {
      write: async (text) => (await out()).write(text),
      end: async () => (await out()).end(),
    },
    startSandbox: async (sandbox) => {
      const { startFromSeed } = await import("./sandbox/sandbox.ts");
      try {
        return await startFromSeed(sandbox);
      } catch (error) {
        // A bad seed and a port in use both say in their own words what is wrong.
        throw new Failure("sandbox-failed", { message: error instanceof Error ? error.message : String(error) });
      }
    },
  };
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
