/** A client of the SDK, of any version, or a stand-in: nothing of the SDK is imported, not even a type. */
export interface MessagesClient {
  readonly messages: {
    // What it takes and gives is for the client's own type to say.
    readonly create: (params: never, options?: never) => unknown;
  };
}
