/** The right of one run on this machine to write to an organization. */
export interface RunLock {
  /** False once another run took over, because this one was stopped or asleep for too long: it must not write any more. */
  readonly isHeld: () => boolean;
  readonly release: () => Promise<void>;
}
