import { type KindWords, ROLE_WORDS } from "./kind.ts";

export const workspace_member: KindWords<"workspace_member"> = ROLE_WORDS;
