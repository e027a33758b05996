/** A limit of a workspace, or of the usage tier. */
export interface SpendLimit {
  readonly id: string;
  /** Absent: the limit of the usage tier, which is read only and tells the currency that the organization is billed in. */
  readonly workspaceId?: string;
  /** Minor units of the currency, as the API's integer string parsed; absent: no limit in the scope. */
  readonly amountMinor?: number;
  readonly currency: string;
  readonly period: string;
}

/** A limit that is set in Claude Enterprise. */
export interface MemberSpendLimit {
  readonly id: string;
  /** Absent: of a seat, a group or the organization, which is set in Claude alone; it tells the currency. */
  readonly userId?: string;
  /** Minor units of the currency; absent: an explicit "no limit". */
  readonly amountMinor?: number;
  readonly currency: string;
  /** `daily`, `weekly`, `monthly`, or a newer word. */
  readonly period: string;
}

/** What holds for one member in one period, wherever it comes from, and what they have spent in it. */
export interface EffectiveSpendLimit {
  readonly userId: string;
  /** Minor units; absent: no limit applies. */
  readonly amountMinor?: number;
  /** Minor units, with up to three decimals. */
  readonly spentMinor: number;
  readonly currency: string;
  readonly period: string;
  /** Where it comes from: `user`, `seat_tier`, `rbac_group`, `organization`, or a newer word; and which one, where that has an id. */
  readonly source: { readonly type: string; readonly id?: string };
}

/** Somebody has asked for a higher limit, and nobody has answered. */
export interface SpendIncreaseRequest {
  readonly id: string;
  readonly userId?: string;
  readonly email?: string;
  readonly period: string;
  readonly createdAt: number;
}
