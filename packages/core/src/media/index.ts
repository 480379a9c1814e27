export { expireMedia } from "./expire-media.ts";
export { MAX_MEDIA_BYTES } from "./media-limits.ts";
export type { FetchOverChannel, MediaContext } from "./media-context.ts";
export { createMediaHandlers } from "./media-handlers.ts";
export { fetchRow, mediaQueue, type AttachmentKey } from "./media-queue.ts";
export { openAttachment, type OpenedAttachment } from "./open-attachment.ts";
export { readMedia, type ByteRange } from "./read-media.ts";
export { reconcileMedia } from "./reconcile-media.ts";
export { refetchAttachment } from "./refetch-attachment.ts";
