import { z } from "zod";
import { createRandom } from "../random.ts";
import type { World } from "../world.ts";

/** Of some more than Meta takes, so that what is too large can be had. */
const MAX_BYTES = 128 * 1024 * 1024;

/** What a user sends as a file: these bytes, or so many that follow from a seed. */
export const inboundMedia = z
  .strictObject({
    kind: z.enum(["image", "video", "audio", "document", "sticker"]),
    mimeType: z.string().min(1),
    base64: z.base64().optional(),
    size: z.int().min(0).max(MAX_BYTES).optional(),
    seed: z.int().default(1),
    fileName: z.string().optional(),
    caption: z.string().optional(),
    /** Of audio: it was spoken into the phone. */
    voice: z.boolean().optional(),
  })
  .refine(({ base64, size }) => (base64 === undefined) !== (size === undefined), "give base64 or size");

/** The part of a message that tells of the file, as Meta has it; from now on its bytes can be fetched. */
export function mediaMessage(world: World, sent: z.output<typeof inboundMedia>): Record<string, unknown> {
  const { kind, mimeType, fileName, caption, voice } = sent;
  const bytes = sent.base64 === undefined ? seededBytes(sent.size ?? 0, sent.seed) : Buffer.from(sent.base64, "base64");
  const { id, sha256 } = world.media.add(mimeType, bytes);
  const part = { id, mime_type: mimeType, sha256, filename: fileName, caption, voice };
  return { type: kind, [kind]: part };
}

function seededBytes(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size);
  const random = createRandom(seed, "media");
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
  return bytes;
}
