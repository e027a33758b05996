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
  const text = () => new TextDecoder().decode(body);
  const whole = () => streamOf({ status, headers, body });
  return {
    status,
    headers,
    ok: status >= 200 && status < 300,
    statusText: "",
    type: "default",
    url: "",
    redirected: false,
    // Nothing is left to read.
    body: null,
    bodyUsed: false,
    text: async () => text(),
    json: async () => JSON.parse(text()),
    arrayBuffer: () => whole().arrayBuffer(),
    blob: () => whole().blob(),
    formData: () => whole().formData(),
    clone: () => responseOf({ status, headers, body }),
  };
}
