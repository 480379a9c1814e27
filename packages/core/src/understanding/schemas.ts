import { Channel } from "@parley/db";
import { z } from "zod";
import { bodyText, enumInput } from "../json/index.ts";

const MOST_TEXT = 8_000;

const entityJson = z
  .object({ type: z.string().meta({ example: "order_number" }), value: z.string().meta({ example: "4711" }) })
  .meta({ id: "MessageEntity" });

export const understandingJson = z
  .object({
    language: z.string().nullable().meta({ description: "ISO 639-1; null: nobody can tell.", example: "en" }),
    sentiment: z.object({
      label: z.string().meta({ description: "positive, neutral or negative.", example: "negative" }),
      score: z.number().meta({ description: "-1 to 1.", example: -0.6 }),
    }),
    intent: z.object({
      label: z.string().meta({ example: "order_issue" }),
      confidence: z.number().meta({ description: "0 to 1.", example: 0.82 }),
    }),
    urgency: z.string().meta({ description: "low, normal or high.", example: "normal" }),
    wantsHuman: z.boolean().meta({ description: "They ask for a person.", example: false }),
    entities: z.array(entityJson),
    source: z.string().meta({ description: '"local", or the model.', example: "local" }),
  })
  .meta({ id: "Understanding" });
export type UnderstandingJson = z.infer<typeof understandingJson>;

export const messageUnderstandingJson = understandingJson
  .extend({ isStored: z.boolean().meta({ description: "Whether rules went by it; else it is understood now." }) })
  .meta({ id: "MessageUnderstanding" });
export type MessageUnderstandingJson = z.infer<typeof messageUnderstandingJson>;

export const understandTextInput = z
  .strictObject({
    text: bodyText(MOST_TEXT).meta({ example: "My order 4711 has not arrived, I am furious!" }),
    channel: enumInput(Channel).optional().meta({ description: "On which it was written." }),
  })
  .meta({ id: "UnderstandText" });
export type UnderstandTextInput = z.output<typeof understandTextInput>;
