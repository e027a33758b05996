import { type KindWords, LIMIT_WORDS } from "./kind.ts";

export const rate_limit: KindWords<"rate_limit"> = LIMIT_WORDS;
