import { understand } from "@parley/understanding";
import type { AiSettings, ModelContext } from "../language-models/index.ts";
import { fillTicket } from "./fill-ticket.ts";
import { asMessageUnderstanding, LOCAL, type MessageUnderstanding } from "./message-understanding.ts";
import { understandByModel } from "./understand-by-model.ts";
import { readUnderstanding, storeUnderstanding } from "./understanding-rows.ts";

/** A customer's message that has arrived. */
export interface ArrivedMessage {
  tenantId: string;
  messageId: string;
  /** Null: it belongs to none. */
  ticketId: string | null;
  text: string;
  channel: string;
}

/** Questions to models that are under way at once; each takes a second or more. */
const MODELS_AT_ONCE = 8;
/** Tickets that are filled at once, each in a transaction of its own. */
const TICKETS_AT_ONCE = 4;

type Understood = ArrivedMessage & { understanding: MessageUnderstanding };

/**
 * What messages of any tenants say, by their ids: what is stored of them, and of all others what is understood now, which
 * is stored, and fills their tickets where the tenant wants that. Once: a repetition, or another worker, changes nothing.
 * Whoever understands nothing (OFF) is left out, and so is what has no text. `settingsOf` are the caller's to remember.
 * Messages of a ticket are given in their order.
 */
export async function understandArrivals(
  ctx: ModelContext,
  messages: readonly ArrivedMessage[],
  settingsOf: (tenantId: string) => AiSettings,
): Promise<Map<string, MessageUnderstanding>> {
  const wanted = messages.filter(
    ({ tenantId, text }) => settingsOf(tenantId).understanding !== "OFF" && text.trim() !== "",
  );
  const known = await readUnderstanding(ctx.database.system, wanted);
  const fresh = wanted.filter(({ messageId }) => !known.has(messageId));
  const understood = await understandAll(ctx, fresh, settingsOf);
  await store(ctx, understood, settingsOf);
  // Whoever was faster has stored theirs.
  const stored = await readUnderstanding(ctx.database.system, fresh);
  return new Map([...known, ...stored]);
}

async function understandAll(
  ctx: ModelContext,
  messages: readonly ArrivedMessage[],
  settingsOf: (tenantId: string) => AiSettings,
): Promise<Understood[]> {
  const understood = messages.map((message): Understood => ({
    ...message,
    understanding: asMessageUnderstanding(understand(message.text, { channel: message.channel }), LOCAL),
  }));
  const forModels = understood.filter(({ tenantId }) => settingsOf(tenantId).understanding === "MODEL");
  await eachOf(forModels, MODELS_AT_ONCE, async (message) => {
    message.understanding = await understandByModel(ctx, settingsOf(message.tenantId), message);
  });
  return understood;
}

async function store(
  ctx: ModelContext,
  understood: readonly Understood[],
  settingsOf: (tenantId: string) => AiSettings,
): Promise<void> {
  const fills = ({ tenantId, ticketId }: Understood): boolean => ticketId !== null && settingsOf(tenantId).fillsTickets;
  const others = understood.filter((message) => !fills(message));
  await storeUnderstanding(ctx.database.system, others, ctx.clock.now());
  const byTicket = Map.groupBy(understood.filter(fills), ({ ticketId }) => ticketId);
  await eachOf([...byTicket], TICKETS_AT_ONCE, async ([ticketId, [first, ...rest]]) => {
    if (ticketId !== null && first) await fillTicket(ctx, first.tenantId, ticketId, [first, ...rest]);
  });
}

/** Does it to each of them, `atOnce` at a time, and throws the first failure once all that have begun have ended. */
async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(atOnce, waiting.length) }, lane));
  for (const end of lanes) if (end.status === "rejected") throw end.reason;
}
