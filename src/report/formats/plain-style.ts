import type { Paint, Style } from "./style.ts";

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
