import { z } from "zod";
import { bodyText, timeJson } from "../json/index.ts";
import { MAX_TEXT } from "../messages/index.ts";

export const draftJson = z
  .object({
    conversationId: z.uuid(),
    body: z.string().meta({ example: "It is on its" }),
    isInternal: z.boolean(),
    replyToMessageId: z.uuid().nullable(),
    updatedAt: timeJson,
  })
  .meta({ id: "Draft" });
export type DraftJson = z.infer<typeof draftJson>;

export const saveDraftInput = z
  .strictObject({
    body: bodyText(MAX_TEXT).meta({ example: "It is on its" }),
    isInternal: z.boolean().default(false).meta({ description: "It is to become a note." }),
    replyToMessageId: z.uuid().optional().meta({ description: "The message of this conversation that is answered." }),
  })
  .meta({ id: "SaveDraft" });
export type SaveDraftInput = z.output<typeof saveDraftInput>;
