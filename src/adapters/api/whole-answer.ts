/** An answer with all of its body. */
export interface Whole {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** An answer as a Response, whose body can be read as a stream: the SDK reads tokens so. */
export function streamOf({ status, headers, body }: Whole): Response {
  return new Response(body.byteLength > 0 ? new Uint8Array(body) : null, { status, headers });
}

/**
 * An answer that is there already as the Response that it is to the SDK, which asks for its text or its JSON alone. One of node's makes a
 * stream of the body, and text of the stream: that takes longer than to read the answer from the network.
 */
export function responseOf({ status, headers, body }: Whole): Response {
  // Nothing is left to read.
  return responseLike({ status, headers, stream: null, read: async () => body });
}

/**
 * An answer whose body is still on its way as the Response that it is to the SDK, which reads the body piece by piece, or asks for the
 * text of an error. For one of node's, node would load all of its fetch.
 */
export function runningResponse({ status, headers, body }: Pick<Whole, "status" | "headers"> & Running): Response {
  const read = async () => {
    const pieces: Buffer[] = [];
    for await (const piece of body ?? []) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  return responseLike({ status, headers, stream: body as ReadableStream | null, read });
}

interface Running {
  /** Null where an answer of this status has none. */
  readonly body: AsyncIterable<Buffer> | null;
}

interface Parts extends Pick<Whole, "status" | "headers"> {
  readonly stream: ReadableStream | null;
  readonly read: () => Promise<Buffer>;
}

function responseLike({ status, headers, stream, read }: Parts): Response {
  const text = async () => new TextDecoder().decode(await read());
  const whole = async () => streamOf({ status, headers, body: await read() });
  return {
    status,
    headers,
    ok: status >= 200 && status < 300,
    statusText: "",
    type: "default",
    url: "",
    redirected: false,
    body: stream,
    bodyUsed: false,
    text,
    json: async () => JSON.parse(await text()),
    arrayBuffer: async () => (await whole()).arrayBuffer(),
    blob: async () => (await whole()).blob(),
    formData: async () => (await whole()).formData(),
    clone: () => responseLike({ status, headers, stream, read }),
  };
}
