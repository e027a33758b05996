/** What is sent to the Messages API; field names are the API's (`MessageCreateParams` of the SDK). */
export interface PromptRequest {
  readonly model: string;
  readonly max_tokens?: number;
  readonly system?: string;
  /** The conversation so far, oldest first; the last turn is the user's. */
  readonly messages: readonly Turn[];
}

/** A request that the policy let through: it says itself how long the answer may be. */
export type SendableRequest = PromptRequest & { readonly max_tokens: number };

/** One turn of a conversation. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly content: string | readonly ContentBlock[];
}

/** A piece of what a user sends: text, or a file. Source: `ContentBlockParam` of the SDK. */
export type ContentBlock =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "image";
      readonly source: { readonly type: "base64"; readonly media_type: ImageType; readonly data: string };
    }
  | {
      readonly type: "document";
      readonly source:
        | { readonly type: "base64"; readonly media_type: "application/pdf"; readonly data: string }
        | { readonly type: "text"; readonly media_type: "text/plain"; readonly data: string };
      /** The file's name, without its folder. */
      readonly title: string;
    };

/** The images that the API takes. Source: `Base64ImageSource` of the SDK. */
export type ImageType = "image/jpeg" | "image/png" | "image/gif" | "image/webp";
