import { type KindWords, ROLE_WORDS } from "./kind.ts";

export const workspace_service_account: KindWords<"workspace_service_account"> = ROLE_WORDS;
