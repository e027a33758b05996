import { randomUUID } from "node:crypto";
import { createClient } from "@redis/client";
import { Failure } from "../../core/model/failure.ts";
import { isCount } from "../../core/policy/compiled-policy.ts";
import {
  RATE_STORE_PASSWORD,
  RATE_WINDOW,
  type RateAnswer,
  type RateScope,
  type RateWindow,
} from "../../core/policy/rate-window.ts";
import { addressSecrets } from "../../core/text/environment-secrets.ts";
import { createSecrets } from "../../core/text/secret.ts";
import { sha256 } from "../files/sha256.ts";
import type { RateWindowOptions } from "./local.ts";

/** The longest to wait for a connection, and then for an answer. */
const TIMEOUT = 2000;
const PREFIX = "anth-rbac:rate:";
/** What is known of the server itself: which process it is, how much it has evicted, and since when both are so. */
const SERVER = `${PREFIX}server`;

/**
 * One step on the server, by the server's clock, so that machines whose clocks differ agree. A call from the future was made before
 * that clock was put back: it counts as made now.
 *
 * A server that was restarted, took over from another one, was flushed or evicts keys may have forgotten calls. It has another run_id
 * then, or has evicted more, than its marker says, or the marker is gone: the marker is made anew, and until it is as old as the window
 * nobody can count, so there is no room. Answers with -1 (taken) or the milliseconds until there is room, and with 1 where that is why.
 */
const TAKE = `
local key, marker = KEYS[1], KEYS[2]
local window, limit, id, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local text = string.format("%.0f", now)
local run = string.match(redis.call("INFO", "server"), "run_id:(%w+)")
local evicted = string.match(redis.call("INFO", "stats"), "evicted_keys:(%d+)")
if not run or not evicted then return redis.error_reply("it does not say whether it has forgotten calls") end
local state = run .. ":" .. evicted
local known = redis.call("HMGET", marker, "state", "since")
local since = tonumber(known[2] or "")
if known[1] ~= state or not since or since > now then
  since = now
  redis.call("HSET", marker, "state", state, "since", text)
end
for _, call in ipairs(redis.call("ZRANGEBYSCORE", key, "(" .. text, "+inf")) do redis.call("ZADD", key, text, call) end
redis.call("ZREMRANGEBYSCORE", key, "-inf", string.format("%.0f", now - window))
if since + window > now then return {since + window - now, 1} end
local count = redis.call("ZCARD", key)
if count + wanted > limit then
  local place = count + wanted - limit - 1
  local oldest = redis.call("ZRANGE", key, place, place, "WITHSCORES")[2]
  return {math.max(0, tonumber(oldest or text) + window - now), 0}
end
for call = 1, wanted do redis.call("ZADD", key, text, id .. call) end
redis.call("PEXPIRE", key, window)
if redis.call("ZCARD", key) ~= count + wanted then return redis.error_reply("it does not keep what is written to it") end
return {-1, 0}
`;

type Client = ReturnType<typeof connectTo>;

/** Where a store is, and what opens it. */
interface Address {
  readonly store: string;
  /** From the environment, for an address without a password of its own. */
  readonly password: string;
}

/**
 * The window of a team, in Redis; its password is in ANTH_RBAC_RATE_STORE_PASSWORD. Connects with the first call, and again with the
 * next one after a connection was lost.
 */
export function openRedisRateWindow(store: string, { env, now }: RateWindowOptions): RateWindow {
  const address = { store, password: env[RATE_STORE_PASSWORD] ?? "" };
  let client: Client | undefined;
  const ready = async (): Promise<Client> => {
    if (client?.isReady) return client;
    client?.destroy();
    client = connectTo(address);
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
  const asked = async <Answer>(ask: (server: Client) => Promise<Answer>): Promise<Answer> => {
    try {
      return await inTime(ask(await connected()));
    } catch (error) {
      // Whatever is still on its way must not keep the program alive.
      client?.destroy();
      client = undefined;
      throw unreachable(address, error);
    }
  };
  return {
    take: async (scope, limit, count = 1) => {
      // Lua would find that no count is as large as NaN.
      if (!isCount(limit) || !isCount(count)) return { allowed: false, retryAt: now() + RATE_WINDOW };
      const numbers = [String(RATE_WINDOW), String(limit), randomUUID(), String(count)];
      const words = { keys: [keyOf(scope), SERVER], arguments: numbers };
      return asked(async (server) => answerOf(await server.eval(TAKE, words), now()));
    },
    evictsBy: () =>
      asked(async (server) => {
        const [, policy] = /^maxmemory_policy:(\S+)/m.exec(String(await server.info("memory"))) ?? [];
        return policy === "noeviction" ? undefined : policy;
      }),
    close: async () => {
      client?.destroy();
      client = undefined;
    },
  };
}

/** What the server's answer says. Throws for what the script never answers: a server that counts in another way is not believed. */
function answerOf(answer: unknown, at: number): RateAnswer {
  const [wait, forgot] = Array.isArray(answer) && answer.length === 2 ? answer : [];
  if (wait === -1 && forgot === 0) return { allowed: true };
  if (!Number.isSafeInteger(wait) || wait < 0 || wait > RATE_WINDOW || (forgot !== 0 && forgot !== 1)) {
    throw new Error("its answer is no time within the window");
  }
  const retryAt = at + wait;
  return forgot === 1 ? { allowed: false, retryAt, mayHaveForgotten: true } : { allowed: false, retryAt };
}

function keyOf({ organization, role, user }: RateScope): string {
  return `${PREFIX}${sha256(JSON.stringify([organization, role, user]))}`;
}

function connectTo({ store, password }: Address) {
  const client = createClient({
    url: store,
    ...(password !== "" && { password }),
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
function unreachable({ store, password }: Address, error: unknown): Failure {
  const said = error instanceof Error ? error.message : "";
  const address = URL.canParse(store) ? new URL(store) : undefined;
  const why = createSecrets([password, ...addressSecrets(store)]).mask(said) || "no connection";
  const message = address
    ? `the rate store redis at ${address.host} cannot be used: ${why}`
    : "rate_store is not a valid address";
  const fix = `${mendOf(said)}; calls are denied as long as nobody can count them`;
  return new Failure("rate-store-unreachable", { message, fix });
}

function mendOf(said: string): string {
  if (/NOAUTH|WRONGPASS|invalid password/i.test(said)) return `give its password in ${RATE_STORE_PASSWORD}`;
  if (/certificate/i.test(said)) {
    return "name the certificate of the authority that signed it in NODE_EXTRA_CA_CERTS, or correct rate_store";
  }
  return "start the server or correct rate_store";
}
