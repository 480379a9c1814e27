import type { z } from "zod";
import type { AttachmentReference, MessageContent, MessageType } from "../channel.ts";

/** What a message says, whoever sent it. */
export interface ReadContent {
  type: MessageType;
  content: MessageContent;
  attachments: AttachmentReference[];
}

/** Reads the part of a message that is named like its type; undefined when it is not as we know it. */
export type ContentReader = (part: unknown) => ReadContent | undefined;

/** A reader for parts that match `schema`. `read` may leave `attachments` out, or give up with undefined. */
export function defineContent<Schema extends z.ZodType>(
  schema: Schema,
  read: (
    part: z.infer<Schema>,
  ) => (Omit<ReadContent, "attachments"> & { attachments?: AttachmentReference[] }) | undefined,
): ContentReader {
  return (part) => {
    const parsed = schema.safeParse(part);
    const found = parsed.success ? read(parsed.data) : undefined;
    return found === undefined ? undefined : { attachments: [], ...found };
  };
}
