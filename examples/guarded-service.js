/**
 * A service that answers questions for its users, each under a role of rbac.yaml.
 *
 *   ANTHROPIC_API_KEY=… node guarded-service.js ada@acme.example "What is drift?"
 *
 * To try it without a key: `anth-rbac sandbox` prints what to export.
 */
import Anthropic from "@anthropic-ai/sdk";
import { guardClient, loadPolicy, PolicyDeniedError } from "anth-rbac";

const [user = "", question = "hello"] = process.argv.slice(2);

// Once, at start: an rbac.yaml with an error in it stops the service here, and not at its first request.
const policy = await loadPolicy();
const anthropic = new Anthropic();

/** The client of one user. It is cheap to make, and shares the connections of the one that it is made from. */
function clientOf(email) {
  // Whoever is not in the file has the role "nobody", which is in no policy: every call of theirs is denied.
  const role = policy.people.get(email.toLowerCase()) ?? "nobody";
  return guardClient(anthropic, { policy, role, user: email });
}

async function answer(email, model, content) {
  try {
    const stream = clientOf(email).messages.stream({ model, max_tokens: 4000, messages: [{ role: "user", content }] });
    const { usage } = await stream.finalMessage();
    return `${model}: ${await stream.finalText()} (${usage.output_tokens} tokens)`;
  } catch (error) {
    if (!(error instanceof PolicyDeniedError)) throw error;
    // It never left this machine. `code` is for programs, the message for people.
    return `${model}: denied, ${error.code}: ${error.message}`;
  }
}

for (const model of ["claude-haiku-5-5", "claude-opus-5-5"]) console.log(await answer(user, model, question));
