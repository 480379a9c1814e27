import type { MessageReference } from "../channel.ts";

const REFERENCE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([1-9]\d{0,8})$/i;

/** What we send as `biz_opaque_callback_data`: ids only, never personal data. */
export function printReference({ messageId, attempt }: MessageReference): string {
  return `${messageId}:${attempt}`;
}

/** Our reference in a status; undefined when there is none, or one of other software that uses the same account. */
export function readReference(opaque: string | undefined): MessageReference | undefined {
  const [, messageId, attempt] = REFERENCE.exec(opaque ?? "") ?? [];
  return messageId === undefined ? undefined : { messageId: messageId.toLowerCase(), attempt: Number(attempt) };
}
