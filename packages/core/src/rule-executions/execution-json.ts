import { AiExecutionOutcome, AiTrigger, type Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { z } from "zod";
import { enumInput, jsonEnum, timeJson, toJsonEnum } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

const failingTest = z
  .object({
    path: z.string().meta({ example: "all.0" }),
    field: z.string().meta({ example: "ticket.priority" }),
    operator: z.string().meta({ example: "equals" }),
    expected: z.unknown().meta({ example: "urgent" }),
    actual: z
      .unknown()
      .optional()
      .meta({ description: "Not there where it is what people wrote, or who they are.", example: "low" }),
  })
  .meta({ id: "FailingTest" });
const executionError = z.object({
  code: z.string().meta({ example: "conflict" }),
  message: z.string().meta({ example: "Action 1, assign_team: There is no team with this id." }),
});

export const executionJson = z
  .object({
    id: z.uuid(),
    ruleId: z.uuid(),
    version: z.int().meta({ description: "Of the rule, as it was asked." }),
    eventId: z.string().meta({ description: "Of the event that it was asked about.", example: "4711" }),
    trigger: jsonEnum(AiTrigger).meta({ example: "incoming_message" }),
    outcome: jsonEnum(AiExecutionOutcome).meta({
      description: "skipped: nothing was done. suggested: a draft waits for an agent.",
      example: "skipped",
    }),
    reason: z.string().nullable().meta({
      description: "Why it was skipped: condition, cool_down, rate_capped, own_doing, answered …",
      example: "condition",
    }),
    failing: failingTest.nullable().meta({ description: "The first comparison that did not hold." }),
    error: executionError.nullable().meta({ description: "Why it failed; nothing was done then." }),
    conversationId: z.uuid().nullable(),
    ticketId: z.uuid().nullable(),
    messageId: z.uuid().nullable(),
    depth: z.int().meta({ description: "How many rules in a row led to it; 0 when none did.", example: 0 }),
    createdAt: timeJson,
  })
  .meta({ id: "RuleExecution" });
export type ExecutionJson = z.infer<typeof executionJson>;

const effect = z.record(z.string(), z.unknown());
export const executionWithReceiptsJson = executionJson
  .extend({
    receipts: z.array(
      z.object({
        position: z.int().meta({ description: "Of the action in the rule, from 0.", example: 0 }),
        type: z.string().meta({ example: "add_tags" }),
        effect: effect.meta({
          description: "What it did: ids, and what was before and after.",
          example: { from: [], to: ["late"] },
        }),
        createdAt: timeJson,
      }),
    ),
  })
  .meta({ id: "RuleExecutionWithReceipts" });
export type ExecutionWithReceiptsJson = z.infer<typeof executionWithReceiptsJson>;

export const listExecutionsQuery = pageQuery.extend({
  ruleId: z.uuid().optional(),
  ticketId: z.uuid().optional(),
  conversationId: z.uuid().optional(),
  outcome: enumInput(AiExecutionOutcome).optional().meta({ example: "failed" }),
});
export type ListExecutionsQuery = z.output<typeof listExecutionsQuery>;

/** An execution as its own table has it, or taken out of a row of those that were skipped. */
export type ExecutionRow = Omit<Prisma.AiRuleExecutionModel, "tenantId">;

export function toExecutionJson(row: ExecutionRow): ExecutionJson {
  const { id, ruleId, version, reason, conversationId, ticketId, messageId, depth } = row;
  return {
    id,
    ruleId,
    version,
    eventId: String(row.eventSeq),
    trigger: toJsonEnum(row.trigger),
    outcome: toJsonEnum(row.outcome),
    reason,
    failing: failingTest.nullable().parse(row.failing),
    error: executionError.nullable().parse(row.error),
    conversationId,
    ticketId,
    messageId,
    depth,
    createdAt: row.createdAt.toISOString(),
  };
}

export function toExecutionWithReceiptsJson(
  row: ExecutionRow & { receipts: Prisma.AiActionReceiptModel[] },
): ExecutionWithReceiptsJson {
  const receipts = row.receipts.map(({ position, type, effect: did, createdAt }) => ({
    position,
    type,
    effect: effect.parse(did),
    createdAt: createdAt.toISOString(),
  }));
  return { ...toExecutionJson(row), receipts };
}

export function noSuchExecution(): DomainError {
  return new DomainError("not_found", "There is no execution with this id; old ones are forgotten.");
}
