import { z } from "zod";
import type { AttachmentKind } from "../channel.ts";
import { defineContent, type ContentReader } from "./define-content.ts";
import { idText, optionalFlag, optionalText } from "./webhook-schema.ts";

/** `url` is left out on purpose: it lives for five minutes, and the id finds a fresh one. */
const mediaSchema = z.object({
  id: idText,
  mime_type: optionalText,
  sha256: optionalText,
  filename: optionalText,
  caption: optionalText,
  voice: optionalFlag,
  animated: optionalFlag,
});

const MESSAGE_TYPES = {
  IMAGE: "image",
  VIDEO: "video",
  AUDIO: "audio",
  DOCUMENT: "document",
  STICKER: "sticker",
} as const;

/** Image, video, audio, document and sticker: one attachment, the caption as text. */
export function defineMedia(kind: AttachmentKind): ContentReader {
  return defineContent(mediaSchema, (media) => ({
    type: MESSAGE_TYPES[kind],
    content: {
      text: media.caption,
      ...(media.voice === undefined ? {} : { voice: media.voice }),
      ...(media.animated === undefined ? {} : { animated: media.animated }),
    },
    attachments: [
      {
        kind,
        providerMediaId: media.id,
        mimeType: media.mime_type ?? "application/octet-stream",
        fileName: media.filename,
        sha256: media.sha256,
      },
    ],
  }));
}
