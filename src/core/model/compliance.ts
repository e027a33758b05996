/** Whether what happens is recorded in the activity feed. */
export interface ComplianceSettings {
  /** `enabled`, `disabled`, or a newer word. */
  readonly state: string;
}
