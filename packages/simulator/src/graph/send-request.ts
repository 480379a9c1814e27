import { z } from "zod";
import { isBusinessScopedId, phoneDigits, type UserAddress } from "../user-address.ts";
import { contentByType, textOf, type MessageType } from "./message-content.ts";
import type { Refusal } from "./graph-error.ts";

/** A send that is well formed. */
export interface SendRequest {
  /** What was in `to` or `recipient`, for the answer. */
  input: string;
  user: UserAddress;
  isBusinessScoped: boolean;
  type: MessageType;
  text: string | null;
  template: { name: string; language: string } | undefined;
  opaque: string | null;
}

const envelopeSchema = z.object({
  messaging_product: z.literal("whatsapp"),
  recipient_type: z.literal("individual").optional(),
  to: z.string().min(1).optional(),
  recipient: z.string().min(1).optional(),
  type: z.enum(Object.keys(contentByType) as MessageType[]).default("text"),
  context: z.object({ message_id: z.string().min(1) }).optional(),
  biz_opaque_callback_data: z.string().max(512).optional(),
});

/** Reads the body of `POST /messages`; what Meta would refuse comes back as a refusal. */
export function parseSendRequest(body: unknown): SendRequest | Refusal {
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return { code: 100, details: describe(envelope.error) };
  const { to, recipient, type, biz_opaque_callback_data: opaque } = envelope.data;

  const input = to ?? recipient;
  if (input === undefined) return { code: 100, details: "Give the recipient: to (phone) or recipient (BSUID)." };
  const user = to === undefined ? input : phoneDigits(to);
  const isBusinessScoped = to === undefined;
  if (user === undefined || (isBusinessScoped && !isBusinessScopedId(user))) {
    return { code: 131009, details: isBusinessScoped ? "recipient is not a BSUID." : "to is not a phone number." };
  }

  // The envelope was parsed from an object: looking up the content under its type is safe.
  const given = (body as Record<string, unknown>)[type];
  if (given === undefined) return { code: 131008, details: `Parameter ${type} is missing for type ${type}.` };
  const content = contentByType[type].safeParse(given);
  if (!content.success) return contentRefusal(type, content.error);

  return { input, user, isBusinessScoped, type, ...textOf(type, given), opaque: opaque ?? null };
}

const readReceiptSchema = z.object({
  messaging_product: z.literal("whatsapp"),
  status: z.literal("read"),
  message_id: z.string().min(1),
  typing_indicator: z.object({ type: z.literal("text") }).optional(),
});

/** Read receipts and the typing indicator share the path of sends; they carry `status` where a send has `type`. */
export function isReadReceipt(body: unknown): boolean {
  return typeof body === "object" && body !== null && "status" in body;
}

export function checkReadReceipt(body: unknown): Refusal | undefined {
  const parsed = readReceiptSchema.safeParse(body);
  return parsed.success ? undefined : { code: 100, details: describe(parsed.error) };
}

/** Missing is 131008, too long is 100, everything else that is wrong with a value is 131009. */
function contentRefusal(type: MessageType, error: z.ZodError): Refusal {
  const details = `${type}: ${describe(error)}`;
  const [issue] = error.issues;
  if (issue?.code === "too_big") return { code: 100, details };
  const isMissing = issue?.code === "invalid_type" && issue.message.endsWith("received undefined");
  return { code: isMissing ? 131008 : 131009, details };
}

function describe(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`).join("; ");
}
