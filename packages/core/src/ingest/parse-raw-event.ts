import { parseWhatsAppWebhook, type InboundPart } from "@parley/channels";
import type { Channel } from "@parley/db";
import type { Logger } from "@parley/runtime";
import type { RawEvent } from "./raw-event.ts";

/** How a channel's raw bytes are read. Grows by one line a channel. */
const PARSERS: Partial<Record<Channel, (body: Buffer) => InboundPart[]>> = { WHATSAPP: parseWhatsAppWebhook };

/** A raw event and what it says. */
export interface ParsedRawEvent {
  event: RawEvent;
  parts: InboundPart[];
}

/** Never fails: bytes that cannot be read become one unreadable part, for which the event is quarantined. */
export function parseRawEvent(event: RawEvent, logger: Logger): ParsedRawEvent {
  const parse = PARSERS[event.channel];
  if (!parse) return { event, parts: [{ kind: "unreadable", reason: "channel_without_parser" }] };
  try {
    return { event, parts: parse(event.body) };
  } catch (error) {
    logger.error({ err: error, rawEventId: event.id }, "a webhook could not be parsed");
    return { event, parts: [{ kind: "unreadable", reason: "an error in our code, see the log" }] };
  }
}

/** The accounts that the parts name, in their order. */
export function accountsOf({ parts }: ParsedRawEvent): string[] {
  return parts.flatMap(({ account }) => account ?? []);
}
