/** A part of the schema of rbac.yaml, as far as it takes to say that a value is right. Others are named by their place in the table. */
export type SchemaPart =
  /** A mapping of these fields and of free ones (`x-…`). */
  | {
      readonly kind: "fields";
      readonly fields: Readonly<Record<string, number>>;
      readonly required: readonly string[];
    }
  /** A mapping of any names of a form. */
  | { readonly kind: "entries"; readonly name: number; readonly value: number }
  | { readonly kind: "list"; readonly item: number; readonly min: number }
  /** `shows`: no character that does not show. */
  | {
      readonly kind: "text";
      readonly patterns: readonly string[];
      readonly min: number;
      readonly max: number | null;
      readonly shows: boolean;
    }
  | {
      readonly kind: "number";
      readonly whole: boolean;
      readonly min: number | null;
      readonly max: number | null;
    }
  | { readonly kind: "words"; readonly words: readonly (string | number)[] }
  | { readonly kind: "boolean" }
  | { readonly kind: "either"; readonly of: readonly number[] }
  | { readonly kind: "nullable"; readonly of: number };
