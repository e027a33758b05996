import { describedKeysOf, type RuleContext, workspacesOf } from "../kinds/rule-context.ts";
import { type Finding, finding } from "../model/finding.ts";
import { secretWord } from "../text/credential-shape.ts";

/** Variables in which other programs keep secrets of their own; what is in them is sent to the API as a key. */
const FOREIGN =
  /^(?:(?:GITHUB|GH|GITLAB|CI|NPM|NODE_AUTH|SLACK|VAULT|DOCKER|HOMEBREW_GITHUB_API|OPENAI|GEMINI|MISTRAL|HF|HUGGING_?FACE|STRIPE|TWILIO|SENDGRID|DATADOG|DD|SENTRY)_.*|(?:AWS|AZURE|ARM|GOOGLE|GCP|GCLOUD|CLOUDFLARE|DIGITALOCEAN|KUBE|SSH|GPG|PG|MYSQL|POSTGRES|REDIS|MONGO)_?.*|.*_(?:PASSWORD|PASSWD|PASSPHRASE|PRIVATE_KEY)|(?:DATABASE|DB)_URL|PASSWORD|TOKEN|SECRET)$/i;
/** Of our own: what administers the organization, and is never sent for a prompt. */
const ADMINISTRATION = /^(?:ANTHROPIC_ADMIN_KEY|ANTH_RBAC_.*)$/;

/** The variable that `prompt` takes a workspace's key from is not one in which somebody else's secret is. */
export function foreignVariables(facts: RuleContext): Finding[] {
  return workspacesOf(facts).flatMap(([handle, { prompt_key_env: variable }]) => {
    if (variable === undefined) return [];
    const path = ["workspaces", handle, "prompt_key_env"];
    if (ADMINISTRATION.test(variable)) return [finding("foreign-variable", { variable }, { path, severity: "error" })];
    return FOREIGN.test(variable) ? [finding("foreign-variable", { variable }, { path })] : [];
  });
}

/** The commands that take a new secret get it on stdin; a secret among their words is in the file for everybody to read. */
export function secretsInCommands(facts: RuleContext): Finding[] {
  return describedKeysOf(facts).flatMap(({ key, path }) =>
    facts.itemsOf(key.deliver).flatMap(([index, words]) => {
      const at = secretWord(words);
      if (at === undefined) return [];
      const where = { path: [...path, "deliver", index, at], severity: "warning" } as const;
      return [finding("secret-in-file", { what: "a secret given to a command" }, where)];
    }),
  );
}
