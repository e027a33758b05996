import { type KindWords, LIMIT_WORDS } from "./kind.ts";

export const member_spend_limit: KindWords<"member_spend_limit"> = LIMIT_WORDS;
