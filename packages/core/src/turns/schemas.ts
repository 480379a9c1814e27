import { z } from "zod";
import { timeJson } from "../json/index.ts";

export const aiTurnJson = z
  .object({
    conversationId: z.uuid(),
    ticketId: z.uuid().nullable().meta({ description: "The ticket that is being worked on." }),
    obstacle: z.enum(["held", "handed_off", "person_took_over", "too_many_turns"]).nullable().meta({
      description:
        "Why rules do not answer, until somebody releases the conversation or its next ticket begins; null: they may.",
      example: "held",
    }),
    held: z
      .object({ since: timeJson, by: z.uuid().nullable().meta({ description: "A member; null: a program." }) })
      .nullable()
      .meta({ description: "Somebody keeps rules from answering." }),
    handedOff: z
      .object({ since: timeJson, because: z.string().meta({ example: "asked_for_a_person" }) })
      .nullable()
      .meta({ description: "Rules have left it to people.", example: null }),
    personTookOver: z.boolean().meta({ description: "Somebody has answered, here or in the channel's own app." }),
    turnsTaken: z.int().meta({ description: "How often rules have answered.", example: 2 }),
    mostTurns: z.int().meta({ description: "How often they do before people do.", example: 5 }),
    writingSince: timeJson
      .nullable()
      .meta({ description: "The customer has written, and may be going to add something.", example: null }),
    releasedAt: timeJson.nullable().meta({ description: "Since then rules may answer again.", example: null }),
  })
  .meta({ id: "AiTurn" });
export type AiTurnJson = z.infer<typeof aiTurnJson>;
