/** `text` without this very secret, also as base64 and as part of a URL: what a program may print of what it was given. */
export function withoutSecret(text: string, secret: string): string {
  if (secret === "") return text;
  const base64 = Buffer.from(secret).toString("base64").replace(/=+$/, "");
  const forms = [secret, encodeURIComponent(secret), base64];
  return forms.reduce((clean, form) => clean.replaceAll(form, "[the secret]"), text);
}
