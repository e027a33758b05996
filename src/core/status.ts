/** Placeholder filled by the status work: see status planner. */
export interface Status {
  readonly takenAt: number;
}
