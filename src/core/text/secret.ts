/**
 * What a credential of this API looks like. The body is long; a redacted hint (`sk-ant-api03-R2D...igAA`) is not, so hints
 * stay readable. The sandbox's own credentials say so and open nothing.
 */
const SECRET = /sk-ant-([a-z]{2,10}\d{2})-[A-Za-z0-9_-]{12,}/g;

/** `text` with every secret masked down to its kind. Everything the program writes goes through here. */
export function maskSecrets(text: string): string {
  return text.replace(SECRET, (secret, kind: string) =>
    secret.includes("-sandbox-") ? secret : `sk-ant-${kind}-[masked]`,
  );
}
