import { statement, together, type Sql } from "@parley/db";
import type { Cause } from "../context/index.ts";
import type { NewEvent } from "../events/index.ts";
import type { ActionReceipt } from "../rule-actions/index.ts";
import { recordExecutions, recordReceipts, type Execution } from "../rule-executions/index.ts";
import type { Storming } from "../rule-suspensions/index.ts";
import { subjectsOf, type TicketRow } from "../tickets/index.ts";
import type { Gathering } from "./gather-writes.ts";

/** What came of a rule that applied: why it did nothing after all, or what it did. */
export interface Acted {
  execution: Execution;
  done?: { receipts: readonly ActionReceipt[]; ticket: TicketRow; cause: Cause };
  /** It is to be suspended. */
  storming?: Storming;
}

// ai_rule_pkey. In its order, because others may count the same rules.
const FORGET_FAILURES = statement(
  "rule_failures_forget",
  `update ai_rule r set failures_in_a_row = 0
     from (select f.tenant_id, f.id
             from unnest($1::uuid[], $2::uuid[]) as k (tenant_id, id)
             join ai_rule f on f.tenant_id = k.tenant_id and f.id = k.id and f.failures_in_a_row > 0
            order by f.tenant_id, f.id
              for no key update of f) f
    where r.tenant_id = f.tenant_id and r.id = f.id`,
);

/** Writes down what came of rules, in the transaction in which they acted, with what they told the log; set-wise. */
export async function recordActed(
  sql: Sql,
  acted: readonly Acted[],
  { gathering, now }: { gathering: Gathering; now: Date },
): Promise<void> {
  const did = acted.flatMap(({ execution, done }) => (done ? [{ execution, ...done }] : []));
  const executions = acted.map(({ execution }) => execution);
  const receipts = did.map(({ execution, ticket, receipts: ofOne }) => ({
    tenantId: ticket.tenantId,
    executionId: execution.id,
    receipts: ofOne,
  }));
  const told = did.map(
    ({ execution: { id, rule, outcome }, ticket, receipts: { length: actions }, cause }): NewEvent => ({
      ...subjectsOf(ticket),
      actorType: "AI",
      type: "AI_RULE_EXECUTED",
      data: { ruleId: rule.id, version: rule.version, executionId: id, outcome: outcome.toLowerCase(), actions },
      cause,
    }),
  );
  await together([
    recordExecutions(sql, executions, now),
    recordReceipts(sql, receipts, now),
    did.length > 0 &&
      sql.run(FORGET_FAILURES, [
        did.map(({ ticket }) => ticket.tenantId),
        did.map(({ execution }) => execution.rule.id),
      ]),
    gathering.write(sql, told),
  ]);
}
