import { summarizeTicket as askForSummary } from "@parley/models";
import { understand } from "@parley/understanding";
import { assertAllowed, authorize, type RequestContext } from "../context/index.ts";
import { prepareOnce } from "../idempotency/index.ts";
import { askModel, readAiSettings, type AiSettings, type ModelContext } from "../language-models/index.ts";
import { isUnfinished, noSuchTicket } from "../tickets/index.ts";
import { assertNotBlocked } from "../quotas/index.ts";
import { countUse } from "./count-use.ts";
import { readTicketThread, type TicketThread } from "./read-thread.ts";
import type { TicketSummaryJson } from "./schemas.ts";
import { summarizeLocally, type SummedUpTicket } from "./summarize-locally.ts";
import { summaryLanguageOf } from "./summary-words.ts";

interface TicketToSumUp {
  settings: AiSettings;
  languages: string[];
  conversationId: string;
  ticket: SummedUpTicket;
  thread: TicketThread;
}

/** Messages whose orders are looked for, the newest. */
const LOOKED_THROUGH = 50;

/**
 * What a ticket is about, in the company's first language: by its model, else in the words of those who wrote. Nothing is
 * stored of it.
 */
export async function summarizeTicket(
  ctx: RequestContext & ModelContext,
  { id }: { id: string },
): Promise<TicketSummaryJson> {
  const tenantId = authorize(ctx, "ai.use");
  return prepareOnce(
    ctx,
    tenantId,
    async () => {
      const about = await readTicket(ctx, tenantId, id);
      for (const action of ["tickets.read", "messages.read"] as const) assertAllowed(ctx.actor, action);
      await assertNotBlocked(ctx, tenantId, "AI_ACTIONS");
      return { summary: await sumUp(ctx, about, id), conversationId: about.conversationId };
    },
    async (tx, { summary, conversationId }) => {
      await countUse(ctx, tx, { task: "summarize_ticket", ticketId: id, conversationId });
      return summary;
    },
  );
}

async function sumUp(ctx: ModelContext, about: TicketToSumUp, ticketId: string): Promise<TicketSummaryJson> {
  const { settings, languages, conversationId, ticket, thread } = about;
  const orders = ordersIn(thread);
  const language = (languages[0] ?? "en").slice(0, 2);
  const conversation = thread.messages.map(({ from, text }) => ({ from, text }));
  const question = { task: "summarize_ticket", ticketId, conversationId };
  const answer = await askModel(ctx, settings, question, (client, options) =>
    askForSummary(client, { subject: ticket.subject, conversation, language }, options),
  );
  const ownLanguage = summaryLanguageOf(languages);
  const own = summarizeLocally(ticket, thread, orders, ownLanguage);
  if ("failed" in answer) return { ...own, language: ownLanguage, source: "local" };
  // What was found is certain, whatever the model says.
  return { ...answer.value, points: own.points, language, source: "model" };
}

function ordersIn({ messages }: TicketThread): string[] {
  return messages
    .slice(-LOOKED_THROUGH)
    .flatMap(({ text }) => understand(text).entities)
    .filter(({ type }) => type === "order_number")
    .map(({ value }) => value);
}

function readTicket(ctx: RequestContext, tenantId: string, id: string): Promise<TicketToSumUp> {
  return ctx.database.withTenant(tenantId, async (tx) => {
    const row = await tx.ticket.findUnique({
      where: { tenantId_id: { tenantId, id } },
      select: {
        subject: true,
        orderRef: true,
        status: true,
        conversationId: true,
        merged: { select: { conversationId: true } },
      },
    });
    if (!row) throw noSuchTicket();
    const { subject, orderRef, status, conversationId } = row;
    const conversationIds = [...new Set([row, ...row.merged].map((each) => each.conversationId))];
    const { languages } = await tx.tenant.findUniqueOrThrow({
      where: { id: tenantId },
      select: { languages: true },
    });
    return {
      settings: await readAiSettings(tx, tenantId),
      languages,
      conversationId,
      ticket: { subject, orderRef, isFinished: !isUnfinished(status) },
      thread: await readTicketThread(tx, tenantId, { id, conversationIds }),
    };
  });
}
