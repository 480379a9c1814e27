import { newId } from "@parley/runtime";
import { buildUser } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { mailQueue } from "../mail/index.ts";
import { createRuleBook } from "../rule-books/index.ts";
import { resumeRule } from "../rules/index.ts";
import { changeTicket } from "../tickets/index.ts";
import { withRuleDesk, type RuleDesk } from "./rule-desk.fixture.ts";
import { createRulesHandlers } from "./rules-handlers.ts";

const HOUR_MS = 3_600_000;

let desk: RuleDesk;
withRuleDesk((opened) => {
  desk = opened;
});

const note = [{ type: "add_note", text: "It changed" }];
const onChange = (given: object = {}) => desk.rule({ trigger: "ticket_updated", actions: note, ...given });
const ruleOf = (id: string) => desk.read((tx) => tx.aiRule.findFirstOrThrow({ where: { id } }));
const succeeded = async () => (await desk.executions()).filter(({ outcome }) => outcome === "SUCCESS").length;

/** Somebody changes the ticket, as a program does that never stops. */
async function changeTimes(times: number, id?: string): Promise<void> {
  const ticketId = id ?? (await desk.ticket()).id;
  for (let n = 0; n < times; n += 1) {
    await changeTicket(desk.agent, { id: ticketId, category: `category ${Math.random()}` });
  }
}

/** That a rule acted so often on a ticket, about what its company changed of it. */
async function haveActed(ruleId: string, ticketId: string, times: number): Promise<void> {
  const { ctx, tenantId } = desk;
  const { conversationId } = await desk.read((tx) => tx.ticket.findFirstOrThrow({ where: { id: ticketId } }));
  await ctx.database.withSystem(async (tx) => {
    for (let n = 0; n < times; n += 1) {
      const event = { tenantId, ticketId, conversationId, type: "MACRO_RUN", actorType: "AGENT" as const };
      const { seq } = await tx.event.create({ data: event });
      const asked = { tenantId, id: newId(), ruleId, version: 1, eventSeq: seq, ticketId, conversationId };
      const done = { trigger: "TICKET_UPDATED", outcome: "SUCCESS", createdAt: ctx.clock.now() } as const;
      await tx.aiRuleExecution.create({ data: { ...asked, ...done } });
    }
  });
}

describe("a rule that acts on a ticket again and again", () => {
  test("is suspended with the reason, and acts again when it is resumed", async () => {
    const { id } = await onChange();
    await desk.hear("Hello");
    await changeTimes(31);
    await desk.run();
    expect(await succeeded()).toBe(30);
    expect(await desk.executions()).toContainEqual({ outcome: "SKIPPED", reason: "rate_capped" });
    const ticket = await desk.ticket();
    expect(await ruleOf(id)).toMatchObject({
      suspendedAt: desk.ctx.clock.now(),
      suspendedReason: expect.stringContaining(`ticket ${ticket.number} too often`) as string,
    });
    expect(await desk.events("AI_RULE_SUSPENDED")).toMatchObject([
      { ticketId: ticket.id, actorType: "SYSTEM", data: { ruleId: id, because: "rate_capped" } },
    ]);

    desk.ctx.clock.advance(1_000);
    await resumeRule(desk.manager, { id });
    await changeTimes(1);
    await desk.run();
    // The ticket has had its share for this hour, but the rule is not to blame anew.
    expect([await succeeded(), (await ruleOf(id)).suspendedAt]).toEqual([30, null]);
    desk.ctx.clock.advance(HOUR_MS);
    await changeTimes(1);
    await desk.run();
    expect(await succeeded()).toBe(31);
  });

  test("is suspended also when it shares the ticket with others that do so, and one that does not is left alone", async () => {
    const [one, other] = [await onChange({ priority: 2 }), await onChange({ priority: 3 })];
    await desk.hear("Hello");
    await changeTimes(15);
    await desk.run();
    expect(await succeeded()).toBe(30);
    const third = await onChange({
      priority: 1,
      conditions: { field: "ticket.priority", operator: "changed_to", value: "urgent" },
    });
    desk.ctx.clock.advance(1_000);
    await changeTicket(desk.agent, { id: (await desk.ticket()).id, priority: "URGENT" });
    await desk.run();
    const rules = await Promise.all([one, other, third].map(({ id }) => ruleOf(id)));
    expect(rules.map(({ suspendedAt }) => suspendedAt !== null)).toEqual([true, true, false]);
    const ofThird = await desk.read((tx) => tx.aiRuleExecution.findMany({ where: { ruleId: third.id } }));
    expect(ofThird.map(({ reason }) => reason)).toContain("rate_capped");
  });

  test("is suspended once, and told once, by several workers that find it on several tickets", async () => {
    const { ctx, tenantId } = desk;
    const owner = await buildUser(ctx, { tenantId, role: "OWNER" });
    const rule = await onChange();
    for (let n = 0; n < 4; n += 1) await desk.write("Hello", { from: `3360000003${n}` });
    await desk.run();
    const tickets = await desk.read((tx) => tx.ticket.findMany());
    for (const { id } of tickets) {
      await haveActed(rule.id, id, 30);
      await changeTimes(1, id);
    }
    const seqs = (await desk.events("TICKET_CHANGED")).map(({ seq }) => String(seq));
    const books = [createRuleBook(ctx), createRuleBook(ctx)];
    await Promise.all(
      books.flatMap((book, turn) =>
        seqs
          .filter((_seq, index) => index % books.length === turn)
          .map(async (seq) => createRulesHandlers(ctx, book).handle_events({ events: [{ tenantId, seqs: [seq] }] })),
      ),
    );
    await Promise.all(books.map((book) => book.close()));
    expect(await desk.events("AI_RULE_SUSPENDED")).toHaveLength(1);
    const mails = (await ctx.jobsOn(mailQueue)).filter(({ payload }) => JSON.stringify(payload).includes(rule.id));
    expect(mails.map(({ payload }) => (payload as { userId: string }).userId)).toEqual([owner.id]);
    expect(await desk.read((tx) => tx.aiSuspensionNotice.count())).toBe(1);
  });
});

describe("a rule that does what customers ask for", () => {
  test("leaves a customer who writes without end alone, and goes on with the others", async () => {
    const { id } = await desk.rule({ actions: note });
    for (let n = 0; n < 31; n += 1) await desk.write(`Message ${n}`);
    await desk.run();
    expect(await succeeded()).toBe(30);
    expect((await ruleOf(id)).suspendedAt).toBeNull();
    await desk.write("Hello", { from: "33600000077" });
    await desk.run();
    expect(await succeeded()).toBe(31);
  });
});
