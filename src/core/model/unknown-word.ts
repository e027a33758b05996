/** A kind of thing that the API has added since: nothing is planned about whatever bears it. */
export interface UnknownWord {
  readonly type: "unknown";
  /** The API's word. */
  readonly word: string;
}
