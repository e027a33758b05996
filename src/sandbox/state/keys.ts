import type { APIKey } from "@anthropic-ai/sdk/resources/organization/api-keys";
import type { SeedKey } from "./seed.ts";

/** The key's status at this time: past its date it is expired, unless it was archived before. */
export function keyStatus(key: SeedKey, now: number): APIKey["status"] {
  if (key.status === "archived" || key.expires_at === null) return key.status;
  return Date.parse(key.expires_at) <= now ? "expired" : key.status;
}

/** The key as the API shows it: without its secret. */
export function presentKey(key: SeedKey, now: number): APIKey {
  const { secret: _, ...shown } = key;
  return { ...shown, status: keyStatus(key, now) };
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** The fake secret of a key: always the same for the same id and name, and visibly not a real one. */
export function secretFor(id: string, name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `sk-ant-api03-sandbox-${slug === "" ? "key" : slug.slice(0, 40)}-${scramble(id)}${scramble(`${id}/${name}`)}`;
}

/** The redacted form of a secret: its first 16 and last 4 characters. The real format is undocumented. */
export function hintOf(secret: string): string {
  return `${secret.slice(0, 16)}...${secret.slice(-4)}`;
}

/** FNV-1a, written with letters and digits: enough to tell keys apart. */
function scramble(seed: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < seed.length; at++) hash = Math.imul(hash ^ seed.charCodeAt(at), 0x01000193) >>> 0;
  let written = "";
  for (let at = 0; at < 5; at++) {
    written += LETTERS[hash % LETTERS.length] ?? "A";
    hash = Math.floor(hash / LETTERS.length);
  }
  return written;
}
