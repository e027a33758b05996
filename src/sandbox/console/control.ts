import type { LoggedRequest } from "../server/answer.ts";
import type { Simulation } from "../server/server.ts";
import type { SandboxClock } from "../state/clock.ts";
import { addFault, type Fault, type QueuedFault } from "../state/faults.ts";
import { createRecordedState } from "../state/feed-events.ts";
import type { SandboxSeed } from "../state/seed.ts";
import type { SandboxSettings } from "../state/settings.ts";
import { changeSettings, dumpState } from "../state/state.ts";
import { type ConsoleActions, consoleActions } from "./console.ts";

/** A fault that still waits, as the control interface shows it. */
interface PendingFault {
  readonly id: number;
  readonly fault: Fault;
  /** Matching calls so far. */
  readonly seen: number;
  /** Calls it will still hit; null = no end. */
  readonly left: number | null;
}

/** The strings of the sandbox: what a test, a demo or a person at the Console can do beside the API. */
export interface SandboxControl {
  /** The whole organization as JSON; it is also a seed. */
  readonly dump: () => SandboxSeed;
  /** Back to the seed, or to another one: clock, settings, faults and request log too. */
  readonly reset: (seed?: SandboxSeed) => void;
  readonly clock: SandboxClock;
  readonly settings: () => SandboxSettings;
  readonly configure: (patch: Partial<SandboxSettings>) => SandboxSettings;
  /** Queues a fault and returns its id. */
  readonly fault: (fault: Fault) => number;
  readonly faults: () => PendingFault[];
  readonly clearFaults: () => void;
  readonly requests: () => readonly LoggedRequest[];
  readonly clearRequests: () => void;
  readonly console: ConsoleActions;
  /** The same done by somebody else: a person by e-mail, a key by name, `directory` or `anthropic`. */
  readonly consoleAs: (by: string) => ConsoleActions;
}

/** Binds the control functions to a simulation. `seed` is what `reset` returns to, with the caller's `overrides`. */
export function createControl(
  simulation: Simulation,
  seed: SandboxSeed,
  overrides: Partial<SandboxSettings>,
): SandboxControl {
  const clearFaults = (): void => {
    simulation.faults.queue = [];
    simulation.faults.random = null;
  };
  const clearRequests = (): void => {
    simulation.log.entries.length = 0;
    simulation.log.total = 0;
  };
  return {
    dump: () => dumpState(simulation.state, simulation.clock.now()),
    reset: (other) => {
      simulation.state = createRecordedState(other ?? seed, overrides);
      simulation.clock.restore();
      if (other?.clock !== undefined) simulation.clock.set(other.clock);
      clearFaults();
      clearRequests();
    },
    clock: simulation.clock,
    settings: () => simulation.state.settings,
    configure: (patch) => changeSettings(simulation.state, patch),
    fault: (fault) => addFault(simulation.faults, fault),
    faults: () => simulation.faults.queue.map(pending),
    clearFaults,
    requests: () => simulation.log.entries,
    clearRequests,
    console: consoleActions(simulation),
    consoleAs: (by) => consoleActions(simulation, by),
  };
}

function pending({ id, fault, seen, left }: QueuedFault): PendingFault {
  return { id, fault, seen, left };
}
