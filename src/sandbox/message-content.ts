import { anything, type Check, either, listOf, oneOf, ShapeError, text } from "./http/shape.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the content of a turn down to its words: a string, or blocks, where text and documents of plain text count. Images and
 * PDFs have to look like what the API takes, and say nothing; blocks of other shapes pass.
 */
export const messageContent: Check<string> = either(text(), (value, path) =>
  listOf(anything)(value, path)
    .map((block, index) => wordsOf(block, `${path}[${index}]`))
    .join("\n"),
);

function wordsOf(value: unknown, path: string): string {
  const block = fieldsOf(value);
  const type = text(1)(block.type, `${path}.type`);
  const source = fieldsOf(block.source);
  if (type === "image") return encoded(source, IMAGES, `${path}.source`);
  if (type === "document" && source.type === "text") {
    oneOf("text/plain")(source.media_type, `${path}.source.media_type`);
    return text()(source.data, `${path}.source.data`);
  }
  if (type === "document") return encoded(source, PDF, `${path}.source`);
  return block.text === undefined ? "" : text()(block.text, `${path}.text`);
}

const IMAGES = oneOf("image/jpeg", "image/png", "image/gif", "image/webp");
const PDF = oneOf("application/pdf");

/** Only base64 is looked at: other sources name a file or an address. */
function encoded(source: Fields, mediaType: Check<string>, path: string): "" {
  if (source.type !== "base64") return "";
  mediaType(source.media_type, `${path}.media_type`);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text(1)(source.data, `${path}.data`))) {
    throw new ShapeError(`${path}.data`, "Input should be valid base64");
  }
  return "";
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
