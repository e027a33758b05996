import { randomUUID } from "node:crypto";
import { createClient } from "@redis/client";
import { Failure } from "../../core/model/failure.ts";
import { isCount } from "../../core/policy/compiled-policy.ts";
import { RATE_WINDOW, type RateScope, type RateWindow } from "../../core/policy/rate-window.ts";
import { sha256 } from "../files/text-file.ts";

/** The longest to wait for a connection, and then for an answer. */
const TIMEOUT = 2000;
const PREFIX = "anth-rbac:rate:";

/**
 * One step on the server, by the server's clock, so that machines whose clocks differ agree. A call from the future was made before
 * that clock was put back: it counts as made now. Answers with -1, or with the milliseconds until there is room.
 */
const TAKE = `
local key, window, limit, id, wanted = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local text = string.format("%.0f", now)
for _, call in ipairs(redis.call("ZRANGEBYSCORE", key, "(" .. text, "+inf")) do redis.call("ZADD", key, text, call) end
redis.call("ZREMRANGEBYSCORE", key, "-inf", string.format("%.0f", now - window))
local count = redis.call("ZCARD", key)
if count + wanted > limit then
  local place = count + wanted - limit - 1
  local oldest = redis.call("ZRANGE", key, place, place, "WITHSCORES")[2]
  return math.max(0, tonumber(oldest or text) + window - now)
end
for call = 1, wanted do redis.call("ZADD", key, text, id .. call) end
redis.call("PEXPIRE", key, window)
return -1
`;

type Client = ReturnType<typeof connectTo>;

/** The window of a team, in Redis. Connects with the first call, and again with the next one after a connection was lost. */
export function openRedisRateWindow(store: string, { now }: { readonly now: () => number }): RateWindow {
  let client: Client | undefined;
  const ready = async (): Promise<Client> => {
    if (client?.isReady) return client;
    client?.destroy();
    client = connectTo(store);
    await inTime(client.connect());
    // An open connection alone keeps no program alive: a library's user closes nothing. A call in flight has a timer that does.
    client.unref();
    return client;
  };
  // Calls made at once share the connection.
  let connecting: Promise<Client> | undefined;
  const connected = () => {
    connecting ??= ready().finally(() => {
      connecting = undefined;
    });
    return connecting;
  };
  return {
    take: async (scope, limit, count = 1) => {
      // Lua would find that no count is as large as NaN.
      if (!isCount(limit) || !isCount(count)) return { allowed: false, retryAt: now() + RATE_WINDOW };
      try {
        const numbers = [String(RATE_WINDOW), String(limit), randomUUID(), String(count)];
        const words = { keys: [keyOf(scope)], arguments: numbers };
        const wait: unknown = await inTime((await connected()).eval(TAKE, words));
        if (typeof wait !== "number") throw new Error("it answered with something else than a number");
        return wait < 0 ? { allowed: true } : { allowed: false, retryAt: now() + wait };
      } catch (error) {
        // Whatever is still on its way must not keep the program alive.
        client?.destroy();
        client = undefined;
        throw unreachable(store, error);
      }
    },
    close: async () => {
      client?.destroy();
      client = undefined;
    },
  };
}

function keyOf({ organization, role, user }: RateScope): string {
  return `${PREFIX}${sha256(JSON.stringify([organization, role, user]))}`;
}

function connectTo(url: string) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    maintNotifications: "disabled",
    socket: { connectTimeout: TIMEOUT, reconnectStrategy: false },
  });
  // Without a listener it would end the program; the call that needs the connection says what is wrong.
  client.on("error", () => {});
  return client;
}

/** A server that takes the connection and says nothing would be waited for without end. */
async function inTime<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT / 1000} seconds`)), TIMEOUT);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Without the error as its cause: that can hold the address, password and all. */
function unreachable(store: string, error: unknown): Failure {
  const said = error instanceof Error ? error.message : "";
  const address = URL.canParse(store) ? new URL(store) : undefined;
  const secrets = address ? [address.password, decode(address.password)].filter((secret) => secret !== "") : [];
  const why = secrets.reduce((text, secret) => text.replaceAll(secret, "…"), said) || "no connection";
  const message = address
    ? `the rate store redis at ${address.host} cannot be used: ${why}`
    : "rate_store is not a valid address";
  return new Failure("rate-store-unreachable", {
    message,
    fix: "start the server or mend rate_store; calls are denied as long as nobody can count them",
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
