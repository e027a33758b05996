/** Whether something could be encrypted and decrypted with a key. */
export interface KeyTrial {
  readonly works: boolean;
  /** The API's own words where it does not. */
  readonly said?: string;
}

/** What the API refuses with a key that it cannot use. */
export type HeldByKey = "creation" | "attachment";

/** The arguments of the findings about external keys, by code. `held`: what is not planned because of it. */
export interface ExternalKeyFindingArgs {
  "unknown-external-key": { readonly key: string; readonly suggestion?: string; readonly held?: HeldByKey };
  /** `said`: the API's own words. */
  "external-key-not-valid": { readonly key: string; readonly said?: string; readonly held?: HeldByKey };
  /** `workspaces`: the live ones that have it; none: it is that of an archived one. */
  "external-key-elsewhere": { readonly key: string; readonly workspaces: readonly string[] };
}
