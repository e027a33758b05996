/** An API that is not the official one: whatever it says of an organization, it says of one of its own. */
export interface OtherApi {
  /** With the port, as in a URL. */
  readonly host: string;
  /** It is the sandbox: nothing that was done there happened anywhere. */
  readonly simulated: boolean;
}
