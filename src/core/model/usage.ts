/** Use of one day, by what it was made with. */
export interface DailyUse {
  /** The UTC day. */
  readonly day: string;
  readonly workspaceId?: string;
  readonly keyId?: string;
  /** The user or service account behind it; absent where the report names none, or counts by keys alone. */
  readonly actorId?: string;
  /** Absent where the report does not count requests. */
  readonly requests?: number;
  readonly tokens: number;
}

/** Use by day. */
export interface DailyUsage {
  readonly rows: readonly DailyUse[];
  /** Epoch ms; the span that the report is about, which may begin later than the one that was asked for. */
  readonly from: number;
  readonly to: number;
  /** Epoch ms, no later than `to`: what was used after it need not be in the report yet. */
  readonly asOf: number;
  /** Whether it says who is behind what was used. */
  readonly namesActors: boolean;
}

/** The most that one workspace used in a minute. */
export interface PeakMinute {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Usage of one workspace and key over the time asked for. */
export interface UsageRow {
  /** Absent: the default workspace as the legacy report writes it. */
  readonly workspaceId?: string;
  /** Absent: not authenticated by a key (the Workbench, federation). */
  readonly keyId?: string;
  readonly model?: string;
  /** Absent where the report does not count requests (the legacy one). */
  readonly requests?: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface UsageReport {
  readonly rows: readonly UsageRow[];
  /**
   * Use that another report knows of, after the time of which `rows` tell; it may count again what is in `rows`, and only says
   * that there was use.
   */
  readonly since: readonly UsageRow[];
  /** Epoch ms; the span that was asked for, as far as the report goes. */
  readonly from: number;
  readonly to: number;
  /** Epoch ms, no later than `to`: what was used after it need not be in the report yet. */
  readonly asOf: number;
  readonly source: "analytics" | "legacy";
}
