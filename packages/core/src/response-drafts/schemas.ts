import { AiDraftState } from "@parley/db";
import { z } from "zod";
import { bodyText, enumInput, jsonEnum, timeJson } from "../json/index.ts";
import { MAX_TEXT } from "../messages/index.ts";
import { pageQuery } from "../paging/index.ts";
import { ruleActionJson } from "../rule-actions/index.ts";

const MAX_REASON = 500;

export const draftSource = z.object({ id: z.uuid(), title: z.string().meta({ example: "Returns" }) });
export type DraftSource = z.infer<typeof draftSource>;

export const aiDraftJson = z
  .object({
    id: z.uuid(),
    conversationId: z.uuid(),
    ticketId: z.uuid().nullable(),
    messageId: z.uuid().nullable().meta({ description: "The customer's newest message that it answers." }),
    ruleId: z.uuid().nullable().meta({ description: "The rule that proposed it; null: a member asked for it." }),
    executionId: z.uuid().nullable(),
    text: z.string().nullable().meta({ description: "null: only actions are proposed.", example: "It is on its way." }),
    language: z.string().nullable().meta({ description: "ISO 639-1.", example: "en" }),
    confidence: z
      .number()
      .nullable()
      .meta({ description: "How sure a model is of it, 0 to 1; null: no model wrote it.", example: 0.82 }),
    sources: z.array(draftSource).meta({ description: "Snippets that it rests on." }),
    actions: z.array(ruleActionJson).meta({ description: "What else is done with it, in this order." }),
    state: jsonEnum(AiDraftState),
    finalText: z.string().nullable().meta({ description: "What was sent in place of the text.", example: null }),
    sentMessageId: z.uuid().nullable().meta({ description: "The message that came of it." }),
    decidedBy: z.uuid().nullable().meta({ description: "A member, or an API key." }),
    decidedAt: timeJson.nullable(),
    reason: z.string().nullable().meta({
      description: "Why it was rejected; of what is superseded: newer_message, newer_draft, answered.",
      example: null,
    }),
    createdAt: timeJson,
  })
  .meta({ id: "AiDraft" });
export type AiDraftJson = z.infer<typeof aiDraftJson>;

export const listDraftsQuery = pageQuery.extend({
  conversationId: z.uuid().optional(),
  ticketId: z.uuid().optional(),
  state: enumInput(AiDraftState).optional(),
});
export type ListDraftsQuery = z.output<typeof listDraftsQuery>;

export const acceptDraftInput = z
  .strictObject({
    text: bodyText(MAX_TEXT)
      .optional()
      .meta({ description: "Send this instead of what was proposed.", example: "It is on its way." }),
  })
  .meta({ id: "AcceptAiDraft" });
export type AcceptDraftInput = z.output<typeof acceptDraftInput>;

export const rejectDraftInput = z
  .strictObject({
    reason: bodyText(MAX_REASON).optional().meta({ description: "What is wrong with it.", example: "It is too long." }),
  })
  .meta({ id: "RejectAiDraft" });
export type RejectDraftInput = z.output<typeof rejectDraftInput>;
