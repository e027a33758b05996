/** Something that happened in an organization, as its activity feed tells it: what, when, who, and which objects it names. */
export interface Activity {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  /** One of several hundred words, and new ones come. */
  readonly type: string;
  readonly actor: ActivityActor;
  /** The ids of the objects that it names. */
  readonly ids: readonly string[];
  /** The e-mails that it names, in lower case. */
  readonly emails: readonly string[];
  /** Which group of models a rate limit is for, in a word of the feed's own. */
  readonly modelGroup?: string;
}

/** Who or what acted, and where from. */
export interface ActivityActor {
  /** The API's word (`user_actor`), new ones too. */
  readonly type: string;
  /** Of a person, a key, a service account or a directory. */
  readonly id?: string;
  /** In lower case. */
  readonly email?: string;
  /** Of what acts by itself: the service, the kind of directory, the subject of a workload's token. */
  readonly name?: string;
  readonly ipAddress?: string;
  readonly userAgent?: string;
}

/** What is asked of the feed. */
export interface ActivityQuery {
  /** Epoch ms: nothing older is asked for. */
  readonly since?: number;
  /** The id of the person who acted. */
  readonly actorId?: string;
  /** The documented types that are asked for; absent: all but the reads that each run leaves. */
  readonly types?: readonly string[];
  /** How many activities a page has. */
  readonly pageSize: number;
  /** The most pages. */
  readonly pages: number;
  /** Whether what has come is all that is looked for; asked after each page. */
  readonly isEnough?: (soFar: readonly Activity[]) => boolean;
}

/** What came of the feed, newest first. */
export interface ActivityRead {
  readonly activities: readonly Activity[];
  /** Where it stopped: everything since then was read; it was enough; or there were more pages than were asked for. */
  readonly stopped: "whole" | "enough" | "pages";
}

/** A write that this machine's audit log tells of. */
export interface OwnWrite {
  /** Epoch ms, by the clock of this machine. */
  readonly at: number;
  readonly target: string;
  readonly command: string;
}
