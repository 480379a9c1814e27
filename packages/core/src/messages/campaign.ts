import { nameBasedId } from "@parley/runtime";
import { z } from "zod";
import { lineText } from "../json/index.ts";

const MAX_LABEL = 100;

/** One label however its accents were typed. */
export const campaignLabel = lineText(MAX_LABEL)
  .normalize("NFC")
  .refine((label) => label === "" || /[\p{L}\p{N}\p{P}\p{S}]/u.test(label), "must have something that can be seen");

export const campaignInput = campaignLabel.optional().meta({
  description:
    "The campaign that this message is part of, by the company's own name; each contact counts once a campaign in usage.",
  example: "spring-sale",
});

export const campaignJson = z
  .string()
  .nullable()
  .meta({ description: "The campaign that it is part of, by the company's own name.", example: null });

interface Recipient {
  tenantId: string;
  /** Of the conversation when the message is accepted. */
  contactId: string;
  campaign: string;
}

/**
 * What a contact counts under in a campaign: the same for all messages that the campaign has for them. Messages store it,
 * because a merge of contacts, or its undoing, would make another one of it.
 */
export function campaignRecipientId({ tenantId, contactId, campaign }: Recipient): string {
  return nameBasedId(tenantId, `${contactId}/${campaign}`);
}
