import { createControl, type SandboxControl } from "./console/control.ts";
import { findKey } from "./console/edit.ts";
import { controlHandler } from "./console/http.ts";
import { loadSeed } from "./seed/file.ts";
import type { LoggedRequest } from "./server/answer.ts";
import { listen, type Simulation } from "./server/server.ts";
import { type ClockOption, createClock } from "./state/clock.ts";
import { createFaults } from "./state/faults.ts";
import { createRecordedState } from "./state/feed-events.ts";
import type { SandboxSeed } from "./state/seed.ts";
import type { SandboxSettings } from "./state/settings.ts";
import { dumpState } from "./state/state.ts";

/** How to start a sandbox. All can be left out: the small seed, any free port, the real time. */
export interface SandboxOptions {
  /** `small`, `large`, `enterprise`, a JSON file, or a seed made by hand. */
  readonly seed?: string | SandboxSeed;
  /** 0 = any free port. */
  readonly port?: number;
  /** A time = the clock stands still there; a function = the source of time; nothing = the real time, or the seed's `clock`. */
  readonly clock?: ClockOption;
  /** Milliseconds before each API call is handled; short for `settings.latencyMs`. */
  readonly latencyMs?: number;
  readonly settings?: Partial<SandboxSettings>;
}

export interface Sandbox {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** The credential for the Admin API. */
  readonly adminKey: string;
  /** An OAuth token with `org:admin`. */
  readonly oauthToken: string;
  /** A scoped key of Claude Enterprise, where the seed has one. */
  readonly enterpriseKey: string | undefined;
  /** The credential for the activity feed, where the seed has one. */
  readonly activityKey: string | undefined;
  /** The secret of a key, by name or id; the newest active one where several have the name. Throws when there is none. */
  readonly secretOf: (keyName: string) => string;
  /** The organization as it is now, as plain rows. Rows are shared with the sandbox: read them, never write them. */
  readonly state: SandboxSeed;
  readonly control: SandboxControl;
  /** The latest API calls, oldest first. */
  readonly requests: readonly LoggedRequest[];
  /** Stops at once: open connections are dropped. */
  readonly close: () => Promise<void>;
}

/** The variables that point the SDK, and anth-rbac, at a sandbox. */
export interface SandboxEnvironment {
  readonly ANTHROPIC_BASE_URL: string;
  /** Of a Claude Enterprise organization its scoped key. */
  readonly ANTHROPIC_ADMIN_KEY: string;
  /** For what needs a token of OAuth: service accounts. */
  readonly ANTHROPIC_AUTH_TOKEN: string;
  /** For the activity feed; left out when the seed has none. */
  readonly ANTH_RBAC_ACTIVITY_KEY?: string;
  /** For prompting; empty when the seed names no key for it. */
  readonly ANTHROPIC_API_KEY: string;
}

/**
 * Starts a simulated organization on 127.0.0.1. Rejects with a SeedError, or when the port is taken.
 * @internal
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const wanted = options.seed ?? "small";
  const started = createClock(options.clock).now();
  const seed = typeof wanted === "string" ? await loadSeed(wanted, started) : wanted;
  const clock = createClock(options.clock, seed.clock === undefined ? undefined : Date.parse(seed.clock));
  const overrides: Partial<SandboxSettings> = {
    ...(options.latencyMs === undefined ? {} : { latencyMs: options.latencyMs }),
    ...options.settings,
  };
  const simulation: Simulation = {
    state: createRecordedState(seed, overrides),
    clock,
    faults: createFaults(),
    log: { entries: [], total: 0 },
    requestCount: 0,
  };
  const control = createControl(simulation, seed, overrides);
  const handler = controlHandler(control, () => ({ ...environmentOf(sandbox) }));
  const server = await listen(simulation, handler, options.port ?? 0);
  const sandbox: Sandbox = {
    url: server.url,
    get adminKey() {
      return simulation.state.credentials.admin_key;
    },
    get oauthToken() {
      return simulation.state.credentials.oauth_token;
    },
    get enterpriseKey() {
      return simulation.state.credentials.enterprise_key?.secret;
    },
    get activityKey() {
      return simulation.state.credentials.activity_key;
    },
    secretOf: (name) => findKey(simulation.state, name).secret,
    get state() {
      return dumpState(simulation.state, clock.now());
    },
    control,
    get requests() {
      return simulation.log.entries;
    },
    close: server.close,
  };
  return sandbox;
}

/**
 * What to export in a shell so that the official SDK and anth-rbac talk to this sandbox.
 * @internal
 */
export function environmentOf(sandbox: Sandbox): SandboxEnvironment {
  const { credentials, api_keys: keys } = sandbox.state;
  const key = keys.find(({ id }) => id === credentials.prompt_key_id);
  return {
    ANTHROPIC_BASE_URL: sandbox.url,
    ANTHROPIC_ADMIN_KEY: sandbox.enterpriseKey ?? sandbox.adminKey,
    ANTHROPIC_AUTH_TOKEN: sandbox.oauthToken,
    ...(sandbox.activityKey !== undefined && { ANTH_RBAC_ACTIVITY_KEY: sandbox.activityKey }),
    ANTHROPIC_API_KEY: key?.secret ?? "",
  };
}

/** What the command line gives: a seed by name or file, a port (0 or none = a free one), a latency in milliseconds. */
export interface FromSeedOptions {
  readonly seed: string;
  readonly port?: number;
  readonly latency?: number;
}

/** A running sandbox as the command shows it: its address, the variables to export, and how to stop it. */
export interface StartedFromSeed {
  readonly url: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** Starts a sandbox for the command line. Rejects with a SeedError for a bad seed, or with the system's error for a taken port. */
export async function startFromSeed({ seed, port, latency }: FromSeedOptions): Promise<StartedFromSeed> {
  const sandbox = await startSandbox({ seed, port: port ?? 0, latencyMs: latency ?? 0 });
  return { url: sandbox.url, variables: { ...environmentOf(sandbox) }, close: sandbox.close };
}
