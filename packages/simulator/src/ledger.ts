import { createSlidingSecond, type SlidingSecond } from "./sliding-second.ts";
import type { FaultName } from "./faults.ts";
import type { AcceptedMessage, InboundRecord, StatusRecord, WebhookCounts } from "./ledger-records.ts";
import { normaliseAddress, type UserAddress } from "./user-address.ts";

/** What the simulator did, exactly. Lists are in order of time. */
export interface Ledger {
  readonly accepted: readonly AcceptedMessage[];
  readonly inbound: readonly InboundRecord[];
  readonly statuses: readonly StatusRecord[];
  readonly webhooks: Readonly<WebhookCounts>;
  /** Sends refused, by Graph error code. */
  readonly refused: ReadonlyMap<number, number>;
  /** Faults that happened, by name. */
  readonly faults: ReadonlyMap<FaultName, number>;
  /** More than one entry: the same reference was sent more than once. */
  acceptedByOpaque(opaque: string): readonly AcceptedMessage[];
  /** In order of acceptance. `to` with or without "+". */
  acceptedTo(to: string): readonly AcceptedMessage[];
  maxAcceptedInAnySecond(phoneNumberId: string): number;
  maxAcceptedInAnySecondByNumber(): Record<string, number>;
}

/** The simulator's own side of the ledger. */
export interface WritableLedger extends Ledger {
  readonly webhooks: WebhookCounts;
  recordAccepted(message: AcceptedMessage): void;
  recordInbound(record: InboundRecord): void;
  recordStatus(record: StatusRecord): void;
  countRefused(code: number): void;
  countFault(name: FaultName): void;
  clear(): void;
}

interface Pages {
  accepted: AcceptedMessage[];
  inbound: InboundRecord[];
  statuses: StatusRecord[];
  webhooks: WebhookCounts;
  refused: Map<number, number>;
  faults: Map<FaultName, number>;
  byOpaque: Map<string, AcceptedMessage[]>;
  byRecipient: Map<UserAddress, AcceptedMessage[]>;
  rates: Map<string, SlidingSecond>;
}

export function createLedger(): WritableLedger {
  let pages = emptyPages();

  return {
    get accepted() {
      return pages.accepted;
    },
    get inbound() {
      return pages.inbound;
    },
    get statuses() {
      return pages.statuses;
    },
    get webhooks() {
      return pages.webhooks;
    },
    get refused() {
      return pages.refused;
    },
    get faults() {
      return pages.faults;
    },
    acceptedByOpaque: (opaque) => pages.byOpaque.get(opaque) ?? [],
    acceptedTo: (to) => pages.byRecipient.get(normaliseAddress(to)) ?? [],
    maxAcceptedInAnySecond: (phoneNumberId) => pages.rates.get(phoneNumberId)?.max ?? 0,
    maxAcceptedInAnySecondByNumber: () =>
      Object.fromEntries([...pages.rates].map(([phoneNumberId, rate]) => [phoneNumberId, rate.max])),

    recordAccepted(message) {
      pages.accepted.push(message);
      if (message.opaque !== null) appendTo(pages.byOpaque, message.opaque, message);
      appendTo(pages.byRecipient, message.to, message);
      let rate = pages.rates.get(message.phoneNumberId);
      if (!rate) pages.rates.set(message.phoneNumberId, (rate = createSlidingSecond()));
      rate.add(message.at);
    },
    recordInbound: (record) => void pages.inbound.push(record),
    recordStatus: (record) => void pages.statuses.push(record),
    countRefused: (code) => void pages.refused.set(code, (pages.refused.get(code) ?? 0) + 1),
    countFault: (name) => void pages.faults.set(name, (pages.faults.get(name) ?? 0) + 1),
    clear() {
      pages = emptyPages();
    },
  };
}

function emptyPages(): Pages {
  return {
    accepted: [],
    inbound: [],
    statuses: [],
    webhooks: { sent: 0, acknowledged: 0, redelivered: 0, duplicated: 0, failed: 0 },
    refused: new Map(),
    faults: new Map(),
    byOpaque: new Map(),
    byRecipient: new Map(),
    rates: new Map(),
  };
}

function appendTo<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
