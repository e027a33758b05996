import { Failure } from "../../src/core/model/failure.ts";

/** The Failure that something ends with; throws where it ends without one, or with another error. */
export function failure(run: () => unknown): Failure {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("it did not fail");
}
