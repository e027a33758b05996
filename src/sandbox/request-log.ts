/** One API call as the log keeps it. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  /** The query string as sent, without the question mark. */
  readonly query: string;
  /** HTTP status; null when the connection was cut instead. */
  readonly status: number | null;
  readonly requestId: string;
  /** The fault that hit the call, if any. */
  readonly fault: string | null;
}

/** The latest calls of one sandbox, and how many there were in all. */
export interface RequestLog {
  readonly entries: LoggedRequest[];
  total: number;
}

/** Appends a call and forgets the oldest ones beyond `capacity`. Forgetting is done in blocks, so that it stays cheap. */
export function logRequest(log: RequestLog, entry: LoggedRequest, capacity: number): void {
  log.total += 1;
  if (capacity === 0) return;
  log.entries.push(entry);
  if (log.entries.length > capacity * 1.25 + 16) log.entries.splice(0, log.entries.length - capacity);
}
