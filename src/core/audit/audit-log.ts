import type { AuditEntry, AuditRecord } from "./audit.ts";
import type { AuditLine, AuditVerification, KeptHead } from "./chain.ts";

/** The log of this machine. `ready` and `append` throw Failure `audit-unwritable`; after that nothing may be changed any more. */
export interface AuditLog {
  /** Makes sure that a line can be written. To be asked before the first write of a run. */
  readonly ready: () => Promise<void>;
  /** Writes one line, and is done when it is on the disk. */
  readonly append: (entry: AuditEntry) => Promise<AuditRecord>;
  /** Reads the log from its beginning and verifies it. `visit` is given every line, broken ones too. Throws Failure. */
  readonly read: (visit?: (line: AuditLine) => void, kept?: KeptHead) => Promise<AuditReading>;
}

/** What reading the log found out beside its lines. */
export interface AuditReading {
  readonly path: string;
  /** False where nothing has been logged here. */
  readonly exists: boolean;
  readonly verification: AuditVerification;
}
