/**
 * The label grammar of key names. The API cannot create keys, so a rotation is carried by names: the current key bears the
 * declared name, and what follows an `@` says which other part a key plays.
 */
export type KeyLabel =
  /** Created for the hand-over, not cut over yet. */
  | { readonly kind: "next" }
  /** Superseded on that UTC day, still active during the overlap. */
  | { readonly kind: "previous"; readonly day: string }
  /** Disabled on that UTC day, soaking before it is archived. */
  | { readonly kind: "disabled"; readonly day: string };

/** A live key's name taken apart; `label` is absent on a current key, and on a name whose `@` follows no rule of ours. */
export interface KeyName {
  readonly base: string;
  readonly label?: KeyLabel;
}

const LABELLED = /^(.+)@(?:(next)|(previous|disabled)-(\d{4})(\d{2})(\d{2}))$/s;

/** The parts of a live key's name. A name with an unknown label is its own base, so that it is never taken for ours. */
export function parseKeyName(name: string): KeyName {
  // There are up to 200,000, each asked for more than once.
  const match = name.includes("@") ? LABELLED.exec(name) : undefined;
  const base = match?.[1];
  if (!match || base === undefined) return { base: name };
  if (match[2]) return { base, label: { kind: "next" } };
  const kind = match[3] === "previous" ? "previous" : "disabled";
  return { base, label: { kind, day: `${match[4]}-${match[5]}-${match[6]}` } };
}

/** The live name of a key in a part of its rotation: the inverse of `parseKeyName`. */
export function formatKeyName({ base, label }: KeyName): string {
  if (!label) return base;
  if (label.kind === "next") return `${base}@next`;
  return `${base}@${label.kind}-${label.day.replaceAll("-", "")}`;
}
