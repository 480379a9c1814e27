import type { ActorType } from "@parley/db";

/** Names by id. */
export interface EventNames {
  members: ReadonlyMap<string, string>;
  teams: ReadonlyMap<string, string>;
}

/** As much of an event as its summary is made of. */
export interface ToldEvent {
  type: string;
  actorType: ActorType;
  actorId: string | null;
  data: Record<string, unknown>;
}
