import type { EditPart, InboundPart, MessagePart, RevokePart, StatusPart } from "@parley/channels";
import { idWithinArrival } from "@parley/runtime";
import type { IngestInbox, InboxFinder } from "./find-inboxes.ts";
import type { ParsedRawEvent } from "./parse-raw-event.ts";
import type { RawEvent, RawEventResult } from "./raw-event.ts";

/** A message whose inbox is known. Its id sorts by arrival. */
export interface RoutedMessage {
  id: string;
  inbox: IngestInbox;
  part: MessagePart;
  /** By our clock, when its webhook came in. */
  arrivedAt: Date;
}

/** An update of an earlier message whose inbox is known. */
export interface RoutedUpdate {
  inbox: IngestInbox;
  part: StatusPart | EditPart | RevokePart;
}

export interface RoutedBatch {
  messages: RoutedMessage[];
  updates: RoutedUpdate[];
  results: RawEventResult[];
}

/**
 * Gives every part its inbox and decides what becomes of each raw event, if everything routed here is applied:
 * quarantined when any part cannot be, else applied when anything in it concerned us, else ignored.
 */
export function routeParts(parsed: readonly ParsedRawEvent[], findInbox: InboxFinder): RoutedBatch {
  const batch: RoutedBatch = { messages: [], updates: [], results: [] };
  for (const { event, parts } of parsed) {
    const seen: Seen = { problems: new Set(), ignored: new Map(), owners: new Set(), applied: 0 };
    parts.forEach((part, position) => routePart(batch, seen, event, part, position, findInbox));
    batch.results.push(resultOf(event, seen));
  }
  return batch;
}

interface Seen {
  problems: Set<string>;
  ignored: Map<string, number>;
  /** The inbox that each part names; undefined stands for a part that names none, or one that we do not know. */
  owners: Set<IngestInbox | undefined>;
  applied: number;
}

function routePart(
  batch: RoutedBatch,
  seen: Seen,
  event: RawEvent,
  part: InboundPart,
  position: number,
  findInbox: InboxFinder,
): void {
  const inbox = part.account === undefined ? undefined : findInbox(event.channel, part.account);
  seen.owners.add(inbox);
  if (part.kind === "unreadable") {
    seen.problems.add(part.reason);
    return;
  }
  if (part.kind === "ignored") {
    seen.ignored.set(part.name, (seen.ignored.get(part.name) ?? 0) + 1);
    return;
  }
  // A tenant's own app may speak of that tenant's numbers only.
  if (!inbox || (event.tenantId !== null && inbox.tenantId !== event.tenantId)) {
    seen.problems.add("unknown_inbox");
    return;
  }
  if (inbox.isClosed) {
    seen.problems.add("tenant_closed");
    return;
  }
  seen.applied += 1;
  if (part.kind === "message") {
    const id = idWithinArrival(event.id, position);
    batch.messages.push({ id, inbox, part, arrivedAt: event.receivedAt });
  } else {
    batch.updates.push({ inbox, part });
  }
}

function resultOf(event: RawEvent, seen: Seen): RawEventResult {
  return {
    id: event.id,
    status: seen.problems.size > 0 ? "QUARANTINED" : seen.applied > 0 ? "APPLIED" : "IGNORED",
    reason: seen.problems.size > 0 ? [...seen.problems].join(", ") : null,
    ignoredParts: seen.ignored.size > 0 ? Object.fromEntries(seen.ignored) : null,
    inbox: ownerOf(seen),
  };
}

/**
 * Whose people may read the event, as it came: only when every part of it, ignored and unreadable ones too, names an
 * account of the same tenant. What came in by an inbox's own URL belongs to that one's tenant anyway.
 */
function ownerOf({ owners }: Seen): RawEventResult["inbox"] {
  const [first, ...others] = owners;
  if (!first || others.some((other) => other?.tenantId !== first.tenantId)) return null;
  return { tenantId: first.tenantId, id: others.length === 0 ? first.id : null };
}
