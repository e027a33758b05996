import type { Sandbox } from "../../src/sandbox/sandbox.ts";

/** What a child process of a test is given of the world: a sandbox, and a folder that is its home and holds its state. */
export function childEnvironment(sandbox: Sandbox, folder: string, more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    ANTHROPIC_BASE_URL: sandbox.url,
    ANTH_RBAC_STATE_DIR: `${folder}/state`,
    ...more,
  };
}
