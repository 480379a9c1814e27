import { statement } from "@parley/db";
import { z } from "zod";
import type { StepInput, StepOutcome } from "./step.ts";

const PAGE = 500;
const NIL = "00000000-0000-0000-0000-000000000000";
const cursorOf = z.string().nullable();

// ai_rule_execution_pkey, ai_skipped_rules_pkey. Conversations that were joined are gone, so they are found by their tickets
// as well.
const FIND = statement<{ id: string; executions: number }>(
  "erasure_find_executions",
  `(select id, 1 as executions from ai_rule_execution
     where tenant_id = $1 and id > $2 and (conversation_id = any($3::uuid[]) or ticket_id = any($3::uuid[]))
     order by id limit $4)
   union all
   (select id, cardinality(rule_ids) from ai_skipped_rules
     where tenant_id = $1 and id > $2 and (conversation_id = any($3::uuid[]) or ticket_id = any($3::uuid[]))
     order by id limit $4)
   order by id limit $4`,
);
const ERASE = statement(
  "erasure_erase_executions",
  `update ai_rule_execution
      set failing = failing - 'actual',
          error = case when error is null then null else jsonb_build_object('code', error -> 'code', 'message', $3::text) end
    where tenant_id = $1 and id = any($2::uuid[])`,
);
// Of each what a condition saw; `record-skips.ts`.
const ERASE_SKIPS = statement(
  "erasure_erase_skips",
  `update ai_skipped_rules
      set details = (select jsonb_agg(d.detail - 3 order by d.place)
                       from jsonb_array_elements(details) with ordinality as d (detail, place))
    where tenant_id = $1 and id = any($2::uuid[])`,
);
const ERASE_RECEIPTS = statement(
  "erasure_erase_receipts",
  "update ai_action_receipt set effect = '{}' where tenant_id = $1 and execution_id = any($2::uuid[])",
);

export const ERASED_TEXT = "What this said was erased with a person's data.";

/** What rules saw of them, and what they did about it: that a rule was asked, and what came of it, stays. */
export async function eraseRuleTraces({ sql, erasure, person }: StepInput): Promise<StepOutcome> {
  const { tenantId } = erasure;
  const after = cursorOf.parse(erasure.cursor) ?? NIL;
  const found = await sql.rows(FIND, [tenantId, after, [...person.ownIds], PAGE]);
  const ids = found.map(({ id }) => id);
  const last = ids.at(-1);
  if (last === undefined) return { next: null, counts: {} };
  await sql.run(ERASE, [tenantId, ids, ERASED_TEXT]);
  await sql.run(ERASE_SKIPS, [tenantId, ids]);
  await sql.run(ERASE_RECEIPTS, [tenantId, ids]);
  return { next: last, counts: { ruleExecutions: found.reduce((sum, { executions }) => sum + executions, 0) } };
}
