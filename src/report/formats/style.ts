/** What colours mean. Nothing is said by colour alone. */
export interface Style {
  readonly error: Paint;
  readonly warning: Paint;
  readonly info: Paint;
  readonly add: Paint;
  readonly change: Paint;
  readonly remove: Paint;
  readonly manual: Paint;
  readonly dim: Paint;
  readonly bold: Paint;
}

/** Text in, the same text in colour out. */
export type Paint = (text: string) => string;

const same: Paint = (text) => text;

/** No colour: nothing but the text, and no package to load for it. */
export const PLAIN: Style = {
  error: same,
  warning: same,
  info: same,
  add: same,
  change: same,
  remove: same,
  manual: same,
  dim: same,
  bold: same,
};
