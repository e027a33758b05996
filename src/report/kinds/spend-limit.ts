import { type KindWords, LIMIT_WORDS } from "./kind.ts";

export const spend_limit: KindWords<"spend_limit"> = LIMIT_WORDS;
