import type { Config, Workspace } from "../config/config.ts";
import { findModel, isModelPattern, modelNames } from "../config/models.ts";
import { findWorkspace, fittingWorkspaces } from "../match/resolve.ts";
import { Failure } from "../model/failure.ts";
import { startOfDay } from "../model/time.ts";
import { decide } from "../policy/decide.ts";
import type { Policy } from "../policy/policy.ts";
import { suggest } from "../text/suggest.ts";
import { quoted } from "../text/text.ts";

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

/** The lines of models from the cheapest up, as far as a prompt should go by itself. */
const LINES = ["claude-haiku-", "claude-sonnet-", "claude-opus-"];

/**
 * The model that a role uses where none is asked for: the first that it lists by name; where it lists patterns only, the newest known
 * one of the cheapest line that they match and that is not retired on `now` (epoch ms). Undefined where that says nothing.
 */
export function defaultModel(policy: Policy, role: string, now: number): string | undefined {
  const listed = policy.roles.get(role)?.models.find((model) => !isModelPattern(model));
  if (listed !== undefined) return listed;
  const usable = modelNames().filter((name) => {
    const model = findModel(name);
    const retired = model?.retires !== undefined && startOfDay(model.retires) <= now;
    return model?.id === name && !retired && decide(policy, role, { model: name }).decision === "allow";
  });
  for (const line of LINES) {
    // The table has the newest of a line first.
    const found = usable.find((name) => name.startsWith(line));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where the key for prompting is when the file does not say. */
const DEFAULT_KEY_VARIABLE = "ANTHROPIC_API_KEY";

/** Where the key for prompts is, and the workspace that it is to act in. */
export interface PromptKey {
  /** The environment variable that holds it. */
  readonly variable: string;
  /** rbac.yaml names that variable. */
  readonly fromFile: boolean;
  /** The handle of the workspace that was named, which no other may stand in for. */
  readonly workspace?: string | undefined;
  /** Its live id, where the file has it. */
  readonly workspaceId?: string | undefined;
}

/** The key for prompts, in a workspace where one was named. */
export function promptKey(workspace: Pick<Workspace, "handle" | "promptKeyEnv" | "id"> | undefined): PromptKey {
  const variable = workspace?.promptKeyEnv;
  return {
    variable: variable ?? DEFAULT_KEY_VARIABLE,
    fromFile: variable !== undefined,
    workspace: workspace?.handle,
    workspaceId: workspace?.id,
  };
}

/**
 * The workspace that a word means: an id, a handle or a live name. Throws Failure `ambiguous` for a word that fits several,
 * `not-found` for one that is not declared, `usage` for one with neither `prompt_key_env` nor `id`: without them any key at hand would act in the workspace that it is of.
 */
export function promptWorkspace({ workspaces }: Config, word: string): Workspace {
  const all = [...workspaces.values()];
  const choices = all.map(({ handle, name, id }) => ({ handle, names: [name], ...(id !== undefined && { id }) }));
  const isKnown = fittingWorkspaces(choices, word).length > 0;
  const workspace = isKnown ? workspaces.get(findWorkspace(choices, word).handle) : undefined;
  if (!workspace) {
    const near = suggest(
      word,
      all.flatMap(({ handle, name, id }) => [handle, name, ...(id === undefined ? [] : [id])]),
    );
    throw new Failure("not-found", {
      message: `--workspace: the file declares no workspace ${quoted(word)}`,
      fix: near === undefined ? "use a workspace that it declares" : `did you mean ${quoted(near)}?`,
    });
  }
  const { handle, promptKeyEnv, id } = workspace;
  if (promptKeyEnv !== undefined || id !== undefined) return workspace;
  throw new Failure("usage", {
    message: `the file does not say where the key for prompting in the workspace "${handle}" is`,
    fix: `name the variable that holds it as workspaces.${handle}.prompt_key_env, add the workspace's id for a key without a workspace, or leave --workspace away for ${DEFAULT_KEY_VARIABLE}`,
  });
}

/** The most that the Messages API takes, in bytes. Source: its errors page, `request_too_large`. */
const LARGEST = 32_000_000;
/** A UTF-16 unit is at most three bytes of UTF-8. */
const MOST_BYTES = 3;

/** Throws Failure `usage` for a request that is too large to be sent at all. */
export function checkSize(request: PromptRequest): void {
  const text = JSON.stringify(request);
  if (text.length * MOST_BYTES <= LARGEST) return;
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= LARGEST) return;
  throw new Failure("usage", {
    message: `the prompt is ${(bytes / 1_000_000).toFixed(1)} MB with its files and all turns before it, and the API takes 32 MB`,
    fix: "send less: fewer or smaller files, or a part of the text",
  });
}
