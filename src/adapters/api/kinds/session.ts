import { type ApiKind, foundIf } from "./kind.ts";
import { findUser } from "./member.ts";

export const session = {
  lists: {},
  workspaceLists: {},
  writes: {
    "sign-out": {
      words: ({ userId }) => `signing out ${userId}`,
      // What has ended stays ended: sent again after a 503 it ends the rest. The beta header is the SDK's.
      send: ({ beta }, { userId }, options) => beta.organization.users.signOut(userId, {}, options).withResponse(),
      // Nothing shows of sessions: only whoever is gone needs no sign-out any more.
      readBack: async (api, { userId }) => foundIf((await findUser(api, userId)) === undefined),
    },
  },
} satisfies ApiKind;
