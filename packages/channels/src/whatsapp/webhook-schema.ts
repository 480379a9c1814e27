import { z } from "zod";

/**
 * The parts of WhatsApp's webhook JSON that we rely on. Unknown keys never matter, and a key that we merely like to
 * have reads as absent when its value is odd: Meta adds and changes keys without notice.
 */

/** A non-empty text, or absent. */
export const optionalText = z.string().min(1).optional().catch(undefined);

/** An id. Documented as text, seen as an integer. */
export const idText = z.union([z.string().min(1), z.int().transform(String)]);

export const optionalFlag = z.boolean().optional().catch(undefined);

export const envelopeSchema = z.object({
  object: z.literal("whatsapp_business_account"),
  entry: z.array(z.unknown()),
});

export const entrySchema = z.object({ changes: z.array(z.unknown()) });

export const changeSchema = z.object({ field: z.string().min(1), value: z.unknown().optional() });

/** `value` of the fields that concern one phone number; others concern a whole WhatsApp Business Account. */
export const accountSchema = z.object({ metadata: z.object({ phone_number_id: idText }) });

/** `value` of the fields that carry messages. Lists are checked one by one, so that a bad one leaves the others. */
export const valueSchema = accountSchema.extend({
  contacts: z.unknown().optional(),
  messages: z.unknown().optional(),
  statuses: z.unknown().optional(),
  errors: z.unknown().optional(),
  message_echoes: z.unknown().optional(),
});

/** Someone a message is from or to. Users with a username may have a `user_id` (BSUID) and no `wa_id`. */
export const contactSchema = z.object({
  wa_id: optionalText,
  user_id: optionalText,
  profile: z.object({ name: optionalText, username: optionalText }).optional().catch(undefined),
});

export type WebhookContact = z.infer<typeof contactSchema>;

/** What all message types have in common. */
const messageHeadSchema = z.object({
  id: idText.optional().catch(undefined),
  type: optionalText,
  timestamp: z.unknown().optional(),
  from: optionalText,
  from_user_id: optionalText,
  to: optionalText,
  to_user_id: optionalText,
  group_id: optionalText,
  context: z
    .object({
      id: optionalText,
      forwarded: optionalFlag,
      frequently_forwarded: optionalFlag,
      referred_product: z.record(z.string(), z.unknown()).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  referral: z.record(z.string(), z.unknown()).optional().catch(undefined),
  errors: z.array(z.unknown()).optional().catch(undefined),
});

/** A message's common part, and `raw`: all of it as it came. What it says stands in `raw` under its type's name. */
export type WebhookMessage = z.infer<typeof messageHeadSchema> & { raw: Readonly<Record<string, unknown>> };

/** Undefined when `raw` is not even an object. */
export function readMessage(raw: unknown): WebhookMessage | undefined {
  const head = messageHeadSchema.safeParse(raw);
  // The schema lets only objects pass; their keys are what JSON had.
  return head.success ? { ...head.data, raw: raw as Record<string, unknown> } : undefined;
}

export const statusSchema = z.object({
  id: idText.optional().catch(undefined),
  status: optionalText,
  timestamp: z.unknown().optional(),
  biz_opaque_callback_data: optionalText,
  errors: z.array(z.unknown()).optional().catch(undefined),
});
