import type { Measured } from "./measure.ts";

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly against: string;
  readonly value: string;
  /** Absent where there is nothing to keep to. */
  readonly goal?: string;
  /** `noise`: over the goal by no more than two runs of the same differ. */
  readonly verdict?: "met" | "noise" | "missed";
}

/** By so much two runs of the same differ. */
const NOISE = 0.05;

/** The CPU time of a run as so many times another's of the same bench; the wall times stand beside. */
export function ratio(
  what: string,
  [subject, reference]: readonly [Measured, Measured],
  against: string,
  most: number,
): Row {
  const shown = ({ cpu, wall }: Measured) => `${milliseconds(cpu)} CPU, ${milliseconds(wall)} wall`;
  const value = subject.cpu / reference.cpu;
  return {
    what,
    measured: shown(subject),
    against: `${against}: ${shown(reference)}`,
    value: times(value),
    ...atMost(value, most, times),
  };
}

/** What must not be more. */
export function atMost(value: number, most: number, shown: (value: number) => string): Pick<Row, "goal" | "verdict"> {
  const verdict = value <= most ? "met" : value <= most * (1 + NOISE) ? "noise" : "missed";
  return { goal: `at most ${shown(most)}`, verdict };
}

/** What must not be less. */
export function atLeast(value: number, least: number, shown: (value: number) => string): Pick<Row, "goal" | "verdict"> {
  const verdict = value >= least ? "met" : value >= least * (1 - NOISE) ? "noise" : "missed";
  return { goal: `at least ${shown(least)}`, verdict };
}

export const times = (value: number) => `${Number(value.toFixed(2))} ×`;
export const count = (value: number) => Math.round(value).toLocaleString("en-US");
export const milliseconds = (value: number) => `${count(value)} ms`;
export const microseconds = (value: number) => `${count(value)} µs`;
export const megabytes = (value: number) => `${count(value)} MB`;
