/** What `drift` is held against: the SDK, which asks for the same addresses, eight at a time, and looks at nothing that it gets. */
import { readFileSync } from "node:fs";
import Anthropic from "@anthropic-ai/sdk";

const paths: readonly string[] = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
const client = new Anthropic({ authToken: process.env.ANTHROPIC_ADMIN_KEY ?? "", apiKey: null });
const left = paths.values();
await Promise.all(
  Array.from({ length: 8 }, async () => {
    for (const path of left) await client.get(path);
  }),
);
