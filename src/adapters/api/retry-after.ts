/** Milliseconds that an answer asks to wait, read as the SDK reads it (client.ts, retryRequest); undefined: it does not ask. */
export function pauseAskedFor(headers: Headers): number | undefined {
  const milliseconds = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  if (milliseconds > 0) return milliseconds;
  const text = headers.get("retry-after");
  if (!text) return undefined;
  const seconds = Number.parseFloat(text);
  const pause = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1_000;
  return pause > 0 ? pause : undefined;
}
