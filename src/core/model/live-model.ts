/**
 * A model as `GET /v1/models` describes it, reduced to what rules and policy need. Times are epoch milliseconds, absent
 * means the API said null. Source: ModelInfo in the SDK's types.
 */
export interface LiveModel {
  readonly id: string;
  /** Other names that resolve to it, where the reader knows any. */
  readonly aliases?: readonly string[];
  readonly lifecycle: "active" | "deprecated" | "retired";
  readonly retiresAt?: number;
  /** The most output tokens that one answer can have. */
  readonly maxTokens?: number;
}
