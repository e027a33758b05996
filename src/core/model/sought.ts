/** Somebody whose being a member or not is what is asked. */
export interface SoughtPerson {
  readonly email: string;
  /** The user ids that they are known to have had. */
  readonly ids: readonly string[];
}
