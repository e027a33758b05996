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
  /** States of a rotation that contradict each other. `rename`: the name that would settle it. */
  "key-unsettled": {
    readonly key: string;
    readonly problem: KeyContradiction;
    readonly rename?: string;
  };
  "key-creator-left": { readonly key: string; readonly creator: string; readonly declared: boolean };
}
