/** Who is gone: whom the API itself does not know, and not whom a proxy or a gateway does not find. */
import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import { group_member } from "../../../../src/adapters/api/kinds/group-member.ts";
import type { ApiReader } from "../../../../src/adapters/api/kinds/kind.ts";
import { findUser, member } from "../../../../src/adapters/api/kinds/member.ts";
import { readList } from "../../../../src/adapters/api/pages.ts";

/** The API, when whatever is asked of it is answered with 404 and this body. */
function answering(body: string): ApiReader {
  const fetch = async () => new Response(body, { status: 404 });
  const client = new Anthropic({ apiKey: "none", baseURL: "http://answers.example", logLevel: "off", fetch });
  return {
    client,
    options: { signal: new AbortController().signal, maxRetries: 0 },
    list: readList,
    oneMore: () => {},
  };
}

const own = JSON.stringify({ type: "error", error: { type: "not_found_error", message: "no such user" } });
const OTHERS = ["<html>404 Not Found</html>", "", "{}", "[]", '{"error":"not found"}', '{"error":{"type":"no_route"}}'];

describe("a 404", () => {
  test("in the API's own words is the end of somebody", async () => {
    expect(await findUser(answering(own), "user_bob")).toBeUndefined();
    const leave = { name: "remove-group-member", groupId: "rbac_group_1", userId: "user_bob" } as const;
    expect(await group_member.writes["remove-group-member"].readBack(answering(own), leave)).toEqual({});
  });

  test.each(OTHERS)("of something in between is not: %j", async (body) => {
    await expect(findUser(answering(body), "user_bob")).rejects.toMatchObject({ status: 404 });
    const remove = { name: "remove-user", userId: "user_bob" } as const;
    await expect(member.writes["remove-user"].readBack(answering(body), remove)).rejects.toMatchObject({ status: 404 });
    const leave = { name: "remove-group-member", groupId: "rbac_group_1", userId: "user_bob" } as const;
    const read = group_member.writes["remove-group-member"].readBack(answering(body), leave);
    await expect(read).rejects.toMatchObject({ status: 404 });
  });
});
