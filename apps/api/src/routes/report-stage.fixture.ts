import { createReportFollower } from "@parley/core/analytics";
import { publishEvents, type NewEvent } from "@parley/core/events";
import { buildConversation, buildMessage, buildUser, waitUntil, type BuiltConversation } from "@parley/testing";
import { beforeEach } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, type Client, type Desk } from "./desk.fixture.ts";

const HOUR_MS = 3_600_000;

/** A company in Paris, on the evening before clocks are put forward, and what its reports are made of. */
export interface ReportStage {
  api: TestApi;
  desk: Desk;
  manager: Client;
  conversation: BuiltConversation;
  /** A ticket of a conversation of its own, in the same inbox, which the agent is given; returns its id. */
  openTicket(body?: object): Promise<string>;
  /** The contact writes, now. */
  receive(ticketId?: string): Promise<void>;
  /** The agent answers, and this becomes of it, now. */
  answer(ticketId: string, status: "READ" | "FAILED"): Promise<void>;
  /** The contact is asked, and answers. */
  score(ticketId: string, score: number): Promise<void>;
  /** Everything that has happened is counted. */
  count(): Promise<void>;
  /**
   * From 22:00 to 4:00 by the clock of Paris, which are five hours, a ticket of a team is opened, answered an hour later, asked about
   * again, answered two hours after that, resolved, and scored; another one is left alone. All of it is counted.
   */
  work(): Promise<{ team: string }>;
}

export function openReportStageForEachTest(use: (stage: ReportStage) => void): void {
  let api: TestApi;
  let desk: Desk;
  openDeskForEachTest((opened) => ({ api, desk } = opened));
  beforeEach(async () => {
    const { context } = api;
    const { clock, database } = context;
    const tenantId = desk.tenant.id;
    clock.set(new Date("2026-03-28T21:00:00Z"));
    await database.withSystem((tx) =>
      tx.tenant.update({ where: { id: tenantId }, data: { timeZone: "Europe/Paris" } }),
    );
    const { id: userId } = await buildUser(context, { tenantId, role: "MANAGER" });
    const conversation = await buildConversation(context, { tenantId });
    const tell = (...events: Omit<NewEvent, "tenantId">[]): Promise<unknown> =>
      database.withTenant(tenantId, (tx) =>
        publishEvents(
          context,
          tx,
          events.map((event) => ({ tenantId, ...event })),
        ),
      );
    const stage: Omit<ReportStage, "work"> = {
      api,
      desk,
      manager: desk.as({ userId }),
      conversation,
      async openTicket(body = {}) {
        const { id: conversationId } = await buildConversation(context, { tenantId, inboxId: conversation.inboxId });
        const opened = await desk.client.post("/tickets", { conversationId, ...body });
        if (opened.status !== 201) throw new Error(JSON.stringify(opened.body));
        await desk.client.post(`/tickets/${opened.body.data.id}/assign`, { userId: desk.agent.id });
        return opened.body.data.id;
      },
      async receive(ticketId) {
        const columns = { createdAt: clock.now(), ticketId: ticketId ?? null };
        const { id: messageId } = await buildMessage(context, conversation, columns);
        await tell({ type: "MESSAGE_RECEIVED", actorType: "CUSTOMER", messageId, ticketId: ticketId ?? null });
      },
      async answer(ticketId, status) {
        const written = await desk.client.post(`/tickets/${ticketId}/messages`, { body: "Hello" });
        if (written.status !== 201) throw new Error(JSON.stringify(written.body));
        const { id } = written.body.data;
        const sentAt = status === "FAILED" ? null : clock.now();
        await database.withSystem((tx) => tx.message.updateMany({ where: { tenantId, id }, data: { status, sentAt } }));
        await tell({ type: "MESSAGE_STATUS_CHANGED", actorType: "SYSTEM", messageId: id });
      },
      async score(ticketId, score) {
        const about = { ticketId, actorType: "CUSTOMER" as const };
        await tell({ ...about, type: "SURVEY_ASKED" }, { ...about, type: "SURVEY_ANSWERED", data: { score } });
      },
      count: () => countAll(api),
    };
    use({ ...stage, work: () => workOn(stage) });
  });
}

async function workOn({
  api,
  desk,
  openTicket,
  receive,
  answer,
  score,
  count,
}: Omit<ReportStage, "work">): Promise<{ team: string }> {
  const advance = (hours: number): void => api.context.clock.advance(hours * HOUR_MS);
  const { body } = await desk.admin.post("/teams", { name: "Returns" });
  const team: string = body.data.id;
  const ticket = await openTicket({ tags: ["vip"] });
  await desk.client.post(`/tickets/${ticket}/assign`, { userId: desk.agent.id, teamId: team });
  await openTicket({ tags: ["=cmd()"] });
  advance(1);
  await answer(ticket, "READ");
  advance(1);
  await receive(ticket);
  await receive();
  advance(2);
  await answer(ticket, "FAILED");
  advance(1);
  await desk.client.patch(`/tickets/${ticket}`, { status: "resolved" });
  await score(ticket, 5);
  await count();
  return { team };
}

/** What a transaction that is open elsewhere has written may come late, so the log is followed up to it again. */
async function countAll({ context }: TestApi): Promise<void> {
  const { _max: newest } = await context.database.withSystem((tx) => tx.event.aggregate({ _max: { txid: true } }));
  const follower = createReportFollower(context);
  await waitUntil(async () => {
    while (await follower.follow());
    const { txid } = await context.database.withSystem((tx) =>
      tx.reportProgress.findUniqueOrThrow({ where: { id: 1 } }),
    );
    return txid > (newest.txid ?? 0n);
  }, "the log is followed to its end");
}
