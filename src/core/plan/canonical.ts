import { itemsOf, type OrgSnapshot, type ReadResult } from "../model/org.ts";
import { canonicalTexts, compareText } from "../text/text.ts";

/** A collision-resistant digest of a text that comes in pieces: that of a large organization takes more room than the organization. */
export type PieceDigest = (pieces: Iterable<string>) => string;

/**
 * One text for one state of the organization, in pieces, whatever order the API listed it in, so that equal states have equal digests.
 * When it was read, whose it is and of which sort are not part of it.
 */
export function* canonicalState({ takenAt, organization, type, ...all }: OrgSnapshot): Generator<string, undefined> {
  const lists = { ...all, externalKeys: withoutWords(all.externalKeys) };
  const parts = Object.entries(lists).flatMap(([list, content]): readonly Listed[] =>
    "known" in content
      ? [{ name: `${list}:`, reading: content }]
      : [...content].map(([id, reading]) => ({ name: `${list} of ${id}:`, reading })),
  );
  let between = "";
  for (const { name, reading } of parts.sort((one, other) => compareText(one.name, other.name))) {
    yield between + name;
    if (reading.known) yield* itemPieces(reading.items);
    else yield reading.reason;
    between = "\n";
  }
}

/** Whether a key works is part of the state; how the API says that it does not may be in other words each time. */
function withoutWords(keys: OrgSnapshot["externalKeys"]): ReadResult<object> {
  if (!keys.known) return keys;
  return { known: true, items: keys.items.map(({ trial, ...key }) => ({ ...key, works: itemsOf(trial)[0]?.works })) };
}

/** A list, or that of one workspace. */
interface Listed {
  readonly name: string;
  readonly reading: ReadResult<object>;
}

/** Items whose texts are in memory at once: a list of fewer is sorted whole. */
const AT_ONCE = 25_000;
/** Items of a piece. */
const TOGETHER = 256;

/** Texts that were made before they are asked for, of the first items of a list. */
const ahead = new WeakMap<readonly object[], string[]>();

/**
 * Makes the texts of some more items of a list, for whoever has to wait anyway before there is a state to write; false: that is all. They
 * take room, so of a long list none are made.
 */
export function writeAhead(items: readonly object[]): boolean {
  if (items.length > AT_ONCE) return false;
  const texts = ahead.get(items) ?? [];
  ahead.set(items, texts);
  texts.push(...canonicalTexts(items.slice(texts.length, texts.length + TOGETHER)));
  return texts.length < items.length;
}

function textsOf(items: readonly object[]): string[] {
  const texts = ahead.get(items) ?? [];
  return [...texts, ...canonicalTexts(items.slice(texts.length))];
}

/** The texts of a list's items in their order, with commas between them. */
function* itemPieces(items: readonly object[]): Generator<string, undefined> {
  let between = "";
  for (const part of partsInOrder(items)) {
    const texts = textsOf(part).sort();
    for (let at = 0; at < texts.length; at += TOGETHER) {
      yield between + texts.slice(at, at + TOGETHER).join(",");
      between = ",";
    }
  }
}

/** A list in parts: the texts of each stand before those of the next. Where to part it is told by those of a few of its items. */
function partsInOrder(items: readonly object[]): readonly (readonly object[])[] {
  const count = Math.ceil(items.length / AT_ONCE);
  if (count < 2) return [items];
  const few = Math.ceil(items.length / (count * 64));
  const sample = canonicalTexts(items.filter((_, index) => index % few === 0)).sort();
  const bounds = Array.from(
    { length: count - 1 },
    (_, index) => sample[Math.floor(((index + 1) * sample.length) / count)] ?? "",
  );
  const parts: object[][] = Array.from({ length: count }, () => []);
  for (const item of items) {
    const [text = ""] = canonicalTexts([item]);
    const place = bounds.findIndex((bound) => text < bound);
    parts.at(place)?.push(item);
  }
  return parts;
}
