import type { MessageSender } from "../../core/prompt/answer.ts";
import type { PromptKey } from "../../core/prompt/request.ts";
import { baseUrlOf, type ConnectionRequest, connectionOptions, isGateway } from "../api/connection.ts";

/**
 * Resolves the credential for prompts (a key, or the profile of --profile) and the host; nothing is sent yet. A key without a
 * workspace acts in the one of the file, or where none is named in that of ANTHROPIC_WORKSPACE_ID. Throws Failure.
 */
export async function connectPrompts(request: ConnectionRequest, key: PromptKey): Promise<MessageSender> {
  const { profile, env, deadline } = request;
  const { messageCredential, workspaceOf } = await import("../api/credentials.ts");
  const { variable, fromFile } = key;
  const credential = messageCredential({
    env,
    variable,
    fromFile,
    isGateway: isGateway(request),
    ...(profile !== undefined && { profile }),
  });
  const baseUrl = baseUrlOf(request, credential);
  const [{ connectMessages }, { createMessageSender }] = await Promise.all([
    import("../api/client.ts"),
    import("./sender.ts"),
  ]);
  // A profile names its own where none is named here.
  const isOpen = key.workspace === undefined && credential.kind !== "profile";
  const workspaceId = key.workspaceId ?? (isOpen ? workspaceOf(env) : undefined);
  const client = connectMessages({ ...connectionOptions(request, credential, baseUrl), workspaceId });
  return createMessageSender({ client, credential, workspace: key.workspace, workspaceId, deadline: deadline.signal });
}
