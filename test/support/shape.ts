/** The shape of a JSON value: field names and types, lists by their first kinds of item. For snapshots of our JSON formats. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [merged(value.map(shapeOf))];
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}

function merged(shapes: readonly unknown[]): unknown {
  const [first] = shapes;
  if (typeof first !== "object" || first === null || Array.isArray(first))
    return [...new Set(shapes)].sort().join(" | ");
  const all = shapes as readonly Record<string, unknown>[];
  const names = new Set(all.flatMap((shape) => Object.keys(shape)));
  return Object.fromEntries(
    [...names].map((name) => {
      const kinds = new Set(all.map((shape) => (name in shape ? text(shape[name]) : "absent")));
      return [name, [...kinds].sort().join(" | ")];
    }),
  );
}

function text(shape: unknown): string {
  return typeof shape === "string" ? shape : Array.isArray(shape) ? "list" : "object";
}
