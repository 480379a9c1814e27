import { z } from "zod";
import { timeJson } from "../json/index.ts";

export const presenceState = z.enum(["viewing", "typing"]).meta({ example: "typing" });
export type PresenceState = z.infer<typeof presenceState>;

export const enterConversationInput = z.strictObject({ state: presenceState }).meta({ id: "EnterConversation" });
export type EnterConversationInput = z.output<typeof enterConversationInput>;

export const presenceJson = z
  .object({
    userId: z.uuid(),
    state: presenceState,
    since: timeJson.meta({ description: "Since when they do that." }),
  })
  .meta({ id: "Presence" });
export type PresenceJson = z.infer<typeof presenceJson>;
