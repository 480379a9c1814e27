import type { RequestContext } from "../context/index.ts";
import type { PresenceBoard } from "./presence-board.ts";

/** What a verb is given that tells who is where. */
export interface PresenceContext extends RequestContext {
  presence: PresenceBoard;
}
