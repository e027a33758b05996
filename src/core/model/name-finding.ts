/** The arguments of the findings of which live object a name or an id of the file means, by code. */
export interface NameFindingArgs {
  /** `kind`: of what is taken away and added in one plan under names that look the same. */
  "same-name-replaced": {
    readonly kind: string;
    readonly removed: string;
    readonly created: string;
    /** Whether the two look the same, or are a letter apart. */
    readonly differs: "look" | "letter";
  };
  /** `removed`: what goes, `more` of them left out, beside one that is `created`. */
  "perhaps-renamed": {
    readonly kind: "workspace" | "key";
    readonly removed: readonly string[];
    readonly more?: number;
    readonly created: string;
  };
  /** `accepted`: the target with which the file can say that both are meant, where it can. */
  "look-alike-there": {
    readonly kind: string;
    readonly live: string;
    readonly created: string;
    readonly accepted?: string;
  };
  /**
   * `pinned`: the id that the entry pins, where that bears another name and the others this one; `other`: the entry that names what is
   * pinned. `wait`: keys that wait for a hand-over.
   */
  "ambiguous-name": {
    readonly kind: string;
    readonly name: string;
    readonly ids: readonly string[];
    readonly pinned?: string;
    readonly other?: string;
    readonly wait?: true;
  };
  "workspace-perhaps-renamed": { readonly workspace: string; readonly live: string; readonly id: string };
  "pinned-id-not-found": { readonly kind: string; readonly id: string };
  /** `current`: the id of the key that bears the name now, where there is one. */
  "pinned-id-superseded": { readonly key: string; readonly id: string; readonly current?: string };
}
