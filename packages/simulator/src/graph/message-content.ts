import { z } from "zod";

const filled = z.string().min(1);
const caption = z.string().max(1024).optional();

/** A file by the id of an upload or by link, not by both. */
function media(extra: z.ZodRawShape = {}) {
  return z
    .object({ id: filled.optional(), link: filled.optional(), ...extra })
    .refine((file) => (file.id === undefined) !== (file.link === undefined), "give either id or link");
}

const interactive = z.object({
  type: filled,
  body: z.object({ text: z.string().min(1).max(4096) }).optional(),
  action: z.object({
    buttons: z.array(z.unknown()).min(1).max(3).optional(),
    sections: z.array(z.unknown()).min(1).max(10).optional(),
  }),
});

/** What belongs under the key that is named like the type. Checked as far as a sender gets it wrong in practice. */
export const contentByType = {
  text: z.object({ body: z.string().min(1).max(4096), preview_url: z.boolean().optional() }),
  image: media({ caption }),
  video: media({ caption }),
  audio: media({ voice: z.boolean().optional() }),
  document: media({ caption, filename: z.string().optional() }),
  sticker: media(),
  location: z.object({ latitude: z.coerce.number(), longitude: z.coerce.number() }),
  contacts: z
    .array(z.object({ name: z.object({ formatted_name: filled }) }))
    .min(1)
    .max(257),
  reaction: z.object({ message_id: filled, emoji: z.string() }),
  interactive,
  template: z.object({
    name: filled,
    language: z.object({ code: filled }),
    components: z.array(z.object({ type: filled })).optional(),
  }),
} satisfies Record<string, z.ZodType>;

export type MessageType = keyof typeof contentByType;

/** What a person would read first in content that was already checked. */
export function textOf(
  type: MessageType,
  content: unknown,
): { text: string | null; template: { name: string; language: string } | undefined } {
  if (type === "template") {
    const { name, language } = contentByType.template.parse(content);
    return { text: name, template: { name, language: language.code } };
  }
  // Checked by this type's schema: an object (or array) whose readable part is under one of these keys, if at all.
  const { body, caption: given, emoji } = content as { body?: unknown; caption?: string; emoji?: string };
  const text = typeof body === "string" ? body : (given ?? emoji ?? null);
  return { text, template: undefined };
}
