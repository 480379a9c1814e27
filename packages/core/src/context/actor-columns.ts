import type { Actor } from "./request-context.ts";

/** The id of whoever asks: the person's, or the key's. Ids of both are never the same. */
export function actorIdOf(actor: Actor): string {
  return actor.type === "user" ? actor.userId : actor.apiKeyId;
}

/** The person who asks; null for a program, which is nobody. */
export function userIdOf(actor: Actor): string | null {
  return actor.type === "user" ? actor.userId : null;
}

/** Who did it, as the log has it. People look an AGENT's id up among the members, so a program is the SYSTEM. */
export function asEventActor(actor: Actor): { actorType: "AGENT"; actorId: string } | { actorType: "SYSTEM" } {
  return actor.type === "user" ? { actorType: "AGENT", actorId: actor.userId } : { actorType: "SYSTEM" };
}

/** Who wrote a message. The customer hears from the company either way. */
export function asSender(
  actor: Actor,
): { senderType: "AGENT"; senderId: string } | { senderType: "SYSTEM"; senderId: null } {
  return actor.type === "user"
    ? { senderType: "AGENT", senderId: actor.userId }
    : { senderType: "SYSTEM", senderId: null };
}
