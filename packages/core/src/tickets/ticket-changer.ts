import { asEventActor, isAtLeast, type Actor } from "../context/index.ts";
import type { NewEvent } from "../events/index.ts";
import type { Mover } from "./transitions.ts";

/** On whose behalf a ticket is changed: for the table of transitions, and for the log. */
export interface TicketChanger {
  mover: Mover;
  actor: Pick<NewEvent, "actorType" | "actorId">;
  /** Why, where nobody asked for it: "member_removed", "assigned_by_policy". Lower_snake, in the event's data. */
  because?: string;
}

/** Whoever asks, with what their role allows. */
export function asChanger(actor: Actor): TicketChanger {
  const isManager = actor.isSuperAdmin || (actor.role !== null && isAtLeast(actor.role, "MANAGER"));
  return { mover: isManager ? "manager" : "agent", actor: asEventActor(actor) };
}

/** What the system does by itself, and why. */
export function asSystem(because: string): TicketChanger {
  return { mover: "system", actor: { actorType: "SYSTEM" }, because };
}
