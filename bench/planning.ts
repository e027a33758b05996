import { reconcile } from "../src/core/plan/reconcile.ts";
import { NOW } from "../test/support/org.ts";
import { SIZES, type Sized } from "../test/support/sizes.ts";
import { cpu } from "./measure.ts";
import { atMost, milliseconds, type Row } from "./rows.ts";

/** Declared and live ones together: a thousand objects, and a hundred times as many. */
const FEW = 500;
const TIMES = 100;

/** How the time of a plan grows with each list that it is made of: 1 is in proportion, 2 a product of two lists. */
export async function planningRows(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [what, sizeOf] of Object.entries(SIZES)) {
    const small = sizeOf(FEW);
    plan(small);
    // As many objects in all: what the engine needs for its own house is in both.
    const many = await cpu(() => {
      for (let time = 0; time < TIMES; time++) plan(small);
    });
    const large = sizeOf(TIMES * FEW);
    const one = await cpu(() => plan(large));
    const exponent = 1 + Math.log(one / many) / Math.log(TIMES);
    const shown = (value: number) => `exponent ${value.toFixed(2)}`;
    rows.push({
      what: `plan: ${what}`,
      measured: `100,000 objects: ${milliseconds(one)}`,
      against: `${TIMES} × 1,000 objects: ${milliseconds(many)}`,
      value: shown(exponent),
      ...atMost(exponent, 1.2, shown),
    });
  }
  return rows;
}

function plan({ config, live }: Sized): void {
  reconcile({ config, live, now: NOW, file: { path: "rbac.yaml", digest: "" }, digest: () => "" });
}
