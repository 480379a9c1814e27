import { z } from "zod";
import { bodyText } from "../json/index.ts";

const MOST_TEXT = 8_000;

const language = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z]{2}$/, 'must be a language of ISO 639-1, such as "fr"')
  .meta({ description: "ISO 639-1.", example: "fr" });

const writtenBy = z.string().meta({ description: '"local", or the model.', example: "local" });

export const ticketSummaryJson = z
  .object({
    summary: z
      .string()
      .meta({ example: "The customer wrote first: “My lamp arrived broken.” Nobody has answered yet." }),
    points: z.array(z.string()).meta({
      description: "Orders and open questions.",
      example: ["Order 4711", "Open question: Can you replace it?"],
    }),
    nextStep: z.string().nullable().meta({ example: "Answer the customer." }),
    language: z.string().meta({ description: "Of the words in between, ISO 639-1.", example: "en" }),
    source: z.enum(["model", "local"]),
  })
  .meta({ id: "TicketSummary" });
export type TicketSummaryJson = z.infer<typeof ticketSummaryJson>;

export const translateInput = z
  .strictObject({
    text: bodyText(MOST_TEXT).optional().meta({ example: "Where is my order?" }),
    messageId: z.uuid().optional().meta({ description: "Instead of a text." }),
    to: language,
  })
  .transform(({ text, messageId, to }, issues) => {
    if (text !== undefined && messageId === undefined) return { text, to };
    if (messageId !== undefined && text === undefined) return { messageId, to };
    issues.addIssue({ code: "custom", message: "must name either text or messageId" });
    return z.NEVER;
  })
  .meta({ id: "Translate", example: { text: "Where is my order?", to: "fr" } });
export type TranslateInput = z.output<typeof translateInput>;

export const translationJson = z
  .object({
    text: z.string().meta({ example: "Où est ma commande ?" }),
    from: z.string().meta({ description: "As the model found it, ISO 639-1.", example: "en" }),
    to: z.string().meta({ example: "fr" }),
    source: writtenBy.meta({ description: "The model.", example: "small-model-1" }),
  })
  .meta({ id: "Translation" });
export type TranslationJson = z.infer<typeof translationJson>;
