import { Failure } from "../../core/model/failure.ts";

/** What the codes of Node and undici mean, in words that say where to look. */
const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name could not be looked up",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "there is no route to the network",
  ETIMEDOUT: "no answer in time",
  UND_ERR_CONNECT_TIMEOUT: "no answer in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_BODY_TIMEOUT: "no answer in time",
  HPE_INVALID_CONSTANT: "what answers does not speak HTTP",
  HPE_INVALID_VERSION: "what answers does not speak HTTP",
  ERR_SSL_WRONG_VERSION_NUMBER: "what answers does not speak TLS",
  EPROTO: "what answers does not speak TLS",
};

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)/;

/** The Failure `unreachable` for an error that means that no answer came, or undefined for any other. */
export function unreachable(error: unknown, what: string): Failure | undefined {
  const chain = chainOf(error);
  const names = chain.map((link) => (link instanceof Error ? link.name : ""));
  const timedOut = names.includes("APIConnectionTimeoutError") || names.includes("TimeoutError");
  const code = chain.flatMap(codesOf).at(-1);
  if (!timedOut && !names.includes("APIConnectionError") && code === undefined) return undefined;

  const cause = timedOut ? "no answer in time" : wordsFor(code);
  return new Failure(
    "unreachable",
    {
      message: `${what}: ${cause}${code ? ` (${code})` : ""}`,
      fix:
        code && CERTIFICATE.test(code)
          ? "if a proxy of your own signs the traffic, name its certificate in NODE_EXTRA_CA_CERTS"
          : "check the network, ANTHROPIC_BASE_URL and --base-url",
    },
    { cause: error },
  );
}

function wordsFor(code: string | undefined): string {
  if (code === undefined) return "the connection failed";
  if (CERTIFICATE.test(code)) return "the certificate of the server is not trusted";
  return CAUSES[code] ?? "the connection failed";
}

/** The code of an error; of several (one for each address that was tried), the first that has one. */
function codesOf(link: unknown): readonly string[] {
  if (link instanceof AggregateError) {
    const first = link.errors.flatMap(codesOf)[0];
    if (first) return [first];
  }
  const code = typeof link === "object" && link !== null && "code" in link ? link.code : undefined;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{2,}$/.test(code) ? [code] : [];
}

/** An error and its causes, outermost first. */
export function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let link = error; link !== undefined && link !== null && !chain.includes(link); ) {
    chain.push(link);
    link = typeof link === "object" && "cause" in link ? link.cause : undefined;
  }
  return chain;
}
