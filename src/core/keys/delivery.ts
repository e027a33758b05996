/** What came of one `deliver` command. Nothing in it holds the secret. */
export interface Delivery {
  /** The command as the file has it. */
  readonly command: readonly string[];
  readonly ok: boolean;
  /** Why it failed, or the end of what it printed: masked and bounded. */
  readonly detail?: string;
}

/** Whether a secret that was handed over is the one it should be, and works. */
export type SecretCheck =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: "rejected" | "hint-mismatch" | "is-the-old-key" | "no-hint";
      readonly message: string;
    };

/** The key that a handed-over secret is to be of. */
export interface TestedKey {
  /** The redacted hint of the new key, as the API lists it. */
  readonly hint: string | null | undefined;
  /** That of the key it replaces. */
  readonly oldHint?: string | null | undefined;
  /** The id of its workspace; absent for a key without one, which acts in the one that ANTHROPIC_WORKSPACE_ID names. */
  readonly workspaceId?: string | undefined;
}
