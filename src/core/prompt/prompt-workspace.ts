import type { Config, Workspace } from "../config/config.ts";
import { Failure } from "../model/failure.ts";
import { suggest } from "../text/suggest.ts";

/** Where the key for prompting is when no workspace is named. */
export const DEFAULT_KEY_VARIABLE = "ANTHROPIC_API_KEY";

/** A declared workspace, and the variable that holds its key. */
export interface PromptWorkspace {
  readonly workspace: Workspace;
  readonly variable: string;
}

/**
 * The workspace that a word means: a handle, else a live name, else an id. Throws Failure `not-found` for one that is not declared,
 * `usage` for one without `prompt_key_env`.
 */
export function promptWorkspace({ workspaces }: Config, word: string): PromptWorkspace {
  const all = [...workspaces.values()];
  const workspace = workspaces.get(word) ?? all.find(({ name }) => name === word) ?? all.find(({ id }) => id === word);
  if (!workspace) {
    const near = suggest(
      word,
      all.flatMap(({ handle, name, id }) => [handle, name, ...(id === undefined ? [] : [id])]),
    );
    throw new Failure("not-found", {
      message: `--workspace: rbac.yaml declares no workspace "${word}"`,
      fix: near === undefined ? "use a workspace that rbac.yaml declares" : `did you mean "${near}"?`,
    });
  }
  const { handle, promptKeyEnv: variable } = workspace;
  if (variable !== undefined) return { workspace, variable };
  throw new Failure("usage", {
    message: `rbac.yaml does not say where the key for prompting in the workspace "${handle}" is`,
    fix: `name the variable that holds it as workspaces.${handle}.prompt_key_env, or leave --workspace away for ${DEFAULT_KEY_VARIABLE}`,
  });
}
