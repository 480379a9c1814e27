import type { ParleyClient } from "@parley/client";
import { createSlaHandlers, fireDue } from "@parley/core/sla";
import { createRuleBooks } from "@parley/core/sla-clocks";
import { buildConversation, buildUser } from "@parley/testing";
import { beforeEach } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { API_SUBSCRIPTIONS } from "../context.ts";
import { openDeskForEachTest, type Client, type Desk } from "./desk.fixture.ts";

export const MINUTE_MS = 60_000;
/** An hour for each response and four for the resolution. */
export const PROMISE = {
  default: { firstResponseSeconds: 3_600, nextResponseSeconds: 3_600, resolutionSeconds: 14_400 },
};

/** A company whose manager promises something, and the worker that sees to it. */
export interface SlaStage {
  api: TestApi;
  desk: Desk;
  manager: ParleyClient;
  /** The manager, too, but with bodies of any kind. */
  raw: Client;
  /** What the worker does with everything that has happened, and with what is due. */
  work: () => Promise<void>;
  openTicket: () => Promise<string>;
  /** What was done to a subject, oldest first. */
  auditOf: (subjectId: string) => Promise<string[]>;
}

export function openSlaStageForEachTest(use: (stage: SlaStage) => void): void {
  let api: TestApi;
  let desk: Desk;
  openDeskForEachTest((opened) => ({ api, desk } = opened));
  beforeEach(async () => {
    const tenantId = desk.tenant.id;
    const { context } = api;
    const { id: userId } = await buildUser(context, { tenantId, role: "MANAGER" });
    const worker = { ...context, subscriptions: API_SUBSCRIPTIONS, books: createRuleBooks() };
    use({
      api,
      desk,
      manager: desk.typed({ userId }),
      raw: desk.as({ userId }),
      async work() {
        const events = await context.database.withTenant(tenantId, (tx) => tx.event.findMany());
        const seqs = events.map(({ seq }) => String(seq));
        if (seqs.length > 0) await createSlaHandlers(worker).handle_events({ events: [{ tenantId, seqs }] });
        await fireDue(worker);
      },
      async openTicket() {
        const { id: conversationId } = await buildConversation(context, { tenantId });
        return (await desk.typed().post("/tickets", { body: { conversationId } })).data.id;
      },
      async auditOf(subjectId) {
        const where = { tenantId, subjectId };
        const entries = await context.database.withSystem((tx) =>
          tx.auditEntry.findMany({ where, orderBy: { id: "asc" } }),
        );
        return entries.map(({ action }) => action);
      },
    });
  });
}
