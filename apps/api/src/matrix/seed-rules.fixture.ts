import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import type { Things } from "./things.fixture.ts";

type Rules = Pick<Things, "rule" | "execution">;
type Tenant = Pick<Things, "tenant" | "owner" | "conversation" | "ticket" | "inbound" | "canary">;

/** A rule with two versions, one that is suspended, and executions: two, of which one has a receipt, and one in a row of those that were skipped. */
export async function seedRules(context: TestContext, things: Tenant): Promise<Rules> {
  const {
    tenant: tenantId,
    owner,
    conversation: conversationId,
    ticket: ticketId,
    inbound: messageId,
    canary,
  } = things;
  const rule = await seedRule(context, things);
  const execution = newId();
  const skips = `${newId().slice(0, -4)}0000`;
  await context.database.withSystem(async (tx) => {
    await tx.aiRule.create({
      data: {
        ...definitionOf(canary),
        tenantId,
        id: newId(),
        name: `Suspended ${canary}`,
        trigger: "SCHEDULE",
        executionMode: "AUTO_EXECUTE",
        schedule: { cron: "0 9 * * 1-5", filter: { tag: [canary] } },
        suspendedAt: new Date(),
        suspendedReason: `Because of ${canary}`,
      },
    });
    await tx.aiSuspensionNotice.create({ data: { tenantId, ruleId: rule, userId: owner, suspendedAt: new Date() } });
    await tx.ticketValueChange.create({
      data: { tenantId, ticketId, oldValues: { subject: canary }, newValues: { subject: `About ${canary}` } },
    });
    await tx.aiRuleRevision.create({ data: { tenantId } });
    await tx.aiRuleProgress.create({ data: { tenantId, txid: 1, seq: 1 } });
    await tx.aiHandledEvent.create({ data: { tenantId, eventSeq: 1 } });
    const asked = {
      tenantId,
      ruleId: rule,
      version: 2,
      trigger: "INCOMING_MESSAGE",
      conversationId,
      ticketId,
      messageId,
    } as const;
    await tx.aiRuleExecution.createMany({
      data: [
        {
          ...asked,
          id: newId(),
          eventSeq: 1,
          outcome: "FAILED",
          reason: "condition",
          failing: { path: "all.0", field: "ticket.category", operator: "equals", expected: canary, actual: null },
          error: { code: "conflict", message: `Because of ${canary}` },
        },
        { ...asked, id: execution, eventSeq: 2, outcome: "SUCCESS" },
      ],
    });
    await tx.aiSkippedRules.create({
      data: {
        tenantId,
        id: skips,
        eventSeq: 3,
        trigger: "INCOMING_MESSAGE",
        ruleIds: [rule],
        details: [[2, "condition", "all.0", canary]],
        conversationId,
        ticketId,
        messageId,
      },
    });
    await tx.aiActionReceipt.create({
      data: { tenantId, executionId: execution, position: 0, type: "add_tags", effect: { from: [], to: [canary] } },
    });
    await tx.event.create({
      data: {
        tenantId,
        // As old as can be, so that no list waits for it.
        txid: 1n,
        type: "AI_RULE_EXECUTED",
        actorType: "AI",
        conversationId,
        ticketId,
        data: { ruleId: rule, executionId: execution },
        cause: { executionId: execution, rules: [rule], canary },
      },
    });
  });
  return { rule, execution };
}

/** One that is asked about each message, with two versions. */
export async function seedRule(
  context: TestContext,
  { tenant: tenantId, owner: createdBy, canary }: Pick<Tenant, "tenant" | "owner" | "canary">,
): Promise<string> {
  const id = newId();
  const name = `Rule ${canary} ${id}`;
  const said = { ...definitionOf(canary), name };
  const unstored = { stopOnMatch: false, coolDownSeconds: 0, waitMinutes: null, schedule: null, priority: 100 };
  await context.database.withSystem(async (tx) => {
    const how = { trigger: "INCOMING_MESSAGE", executionMode: "SUGGEST_ONLY" } as const;
    await tx.aiRule.create({ data: { ...said, ...how, tenantId, id, version: 2 } });
    await tx.aiRuleVersion.createMany({
      data: [1, 2].map((version) => ({
        tenantId,
        ruleId: id,
        version,
        definition: {
          ...unstored,
          ...said,
          description: `Version ${version} of ${canary}`,
          trigger: "incoming_message",
          executionMode: "suggest_only",
        },
        createdBy,
      })),
    });
  });
  return id;
}

function definitionOf(canary: string) {
  return {
    description: `What ${canary} does`,
    conditions: { all: [{ field: "message.text", operator: "contains", value: canary }] },
    actions: [{ type: "add_tags", tags: [canary] }],
  };
}
