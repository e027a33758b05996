/** What a live key's label, status and age say of each other that no rotation ever leaves behind. */
export type KeyContradiction =
  /** Disabled once, and somebody enabled it again. */
  | "disabled-but-active"
  /** What stands behind the `@` is no label of a rotation, and what stands before it is declared: a replacement that was misnamed, perhaps. */
  | "label-not-known"
  | "label-after-today"
  | "label-before-key"
  /** A key that waits for the hand-over and could not take it. */
  | "replacement-not-active"
  /** A key that acts as a person waits to replace one that does not act as them. */
  | "replacement-acts-as-person"
  /** A key waits to replace one that acts as another service account. */
  | "replacement-acts-otherwise"
  | "archived-in-overlap";

/** The arguments of the sentences about live keys, by code. */
export interface KeyFindingArgs {
  "key-overdue": { readonly key: string; readonly days: number; readonly rotateEvery: string };
  "key-expires-soon": { readonly key: string; readonly day: string; readonly days: number };
  "key-ownerless": { readonly key: string };
  "key-not-declared": { readonly key: string };
  /** `isNamed`: nothing declares the key, but its name begins with the handle `declared`. */
  "key-in-other-workspace": {
    readonly key: string;
    readonly declared: string;
    readonly live: string;
    readonly isNamed?: true;
  };
  /** States of a rotation that contradict each other. `rename`: the name that would settle it; `as`: as whom a replacement has to act, where that is known. */
  "key-unsettled": {
    readonly key: string;
    readonly problem: KeyContradiction;
    readonly rename?: string;
    readonly as?: string;
  };
  "key-creator-left": { readonly key: string; readonly creator: string; readonly declared: boolean };
  "key-owner-leaves": { readonly key: string; readonly owner: string };
  /** `flags`: what `rotate` is told to replace the key, of one that is declared. */
  "declared-key-revoked": { readonly key: string; readonly flags: string };
  "key-ends-with-person": { readonly key: string; readonly person: string; readonly flags?: string };
  /** `account`: the service account that it acts as. */
  "key-ends-with-account": { readonly key: string; readonly account: string };
  /** `holder`: the person or service account that it acts as, whose role in the workspace goes. */
  "key-stops-with-role": { readonly key: string; readonly holder: string; readonly workspace: string };
  /** It acts as nobody who goes; `creator` made it, and so knows its secret. */
  "key-creator-leaves": { readonly key: string; readonly creator: string; readonly flags?: string };
}
