import { statement, type Sql, type Statement } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { partOf, takeSteps, type RebuildStep, type RebuiltPart } from "../rebuild-steps/index.ts";
import { withCounts } from "./count-subjects.ts";
import { beginCut, fillCut } from "./cut-days.ts";
import { recordTickets } from "./record-tickets.ts";
import { holdReports } from "./report-progress.ts";

/** Messages, conversations, or what was counted of them, of a part. */
const CHUNK = 5_000;
/** Tickets of a part: their whole logs are read. */
const TICKETS = 1_000;

interface Counted {
  count: number;
  lastId: string | null;
}

const LAST = `select count(*)::int as count, (select id from chunk order by id desc limit 1) as "lastId" from chunk`;

/** message_pkey, conversation_pkey */
function countIn(table: "message" | "conversation"): Statement<Counted> {
  return statement<Counted>(
    `reports_count_${table}s`,
    `with chunk as materialized (
       select tenant_id, id from ${table}
        where tenant_id = $1 and ($2::uuid is null or id > $2) order by id limit ${CHUNK}
     ), messages as (select * from chunk where ${table === "message"}),
        conversations as (select * from chunk where ${table === "conversation"}),
        ${withCounts()}
     ${LAST}`,
  );
}

// report_subject_pkey, message_pkey, conversation_pkey. The days are cut anew afterwards.
const FORGET_SUBJECTS = statement<Counted>(
  "reports_forget_subjects",
  `with chunk as materialized (
     select subject_id as id from report_subject
      where tenant_id = $1 and ($2::uuid is null or subject_id > $2) order by subject_id limit ${CHUNK}
   ), gone as (
     delete from report_subject s using chunk k
      where s.tenant_id = $1 and s.subject_id = k.id
        and not exists (select from message m where m.tenant_id = $1 and m.id = k.id)
        and not exists (select from conversation c where c.tenant_id = $1 and c.id = k.id)
   )
   ${LAST}`,
);

// ticket_pkey
const FIND_TICKETS = statement<{ id: string }>(
  "reports_find_tickets",
  `select id from ticket where tenant_id = $1 and ($2::uuid is null or id > $2) order by id limit ${TICKETS}`,
);

// ticket_fact_pkey, ticket_span_pkey, ticket_pkey. Each ticket that was recorded was opened.
const FORGET_TICKETS = statement<Counted>(
  "reports_forget_tickets",
  `with chunk as materialized (
     select distinct ticket_id as id from ticket_fact
      where tenant_id = $1 and ($2::uuid is null or ticket_id > $2) order by ticket_id limit ${CHUNK}
   ), gone as materialized (
     select id from chunk k where not exists (select from ticket t where t.tenant_id = $1 and t.id = k.id)
   ), facts as (
     delete from ticket_fact f using gone g where f.tenant_id = $1 and f.ticket_id = g.id
   ), spans as (
     delete from ticket_span s using gone g where s.tenant_id = $1 and s.ticket_id = g.id
   )
   ${LAST}`,
);

/**
 * Everything that reports of a tenant are read from, computed anew from its messages, conversations and logs of tickets. What is
 * right stays as it is, and each part holds the progress: so whoever follows the log goes on between two.
 */
export const REPORT_STEPS: readonly RebuildStep[] = [
  holdingStep("messages", takeBy(countIn("message"))),
  holdingStep("conversations", takeBy(countIn("conversation"))),
  holdingStep("gone_messages", takeBy(FORGET_SUBJECTS)),
  holdingStep("tickets", async (sql, tenantId, after) => {
    const ids = (await sql.rows(FIND_TICKETS, [tenantId, after])).map(({ id }) => id);
    await recordTickets(
      sql,
      ids.map((ticketId) => ({ tenantId, ticketId })),
      ({ ticketId }, cause) => {
        throw new Error(`the log of the ticket ${ticketId} cannot be understood`, { cause });
      },
    );
    return partOf(ids, TICKETS);
  }),
  holdingStep("gone_tickets", takeBy(FORGET_TICKETS)),
  holdingStep("days", async (sql, tenantId, after) => {
    if (after === null) await beginCut(sql, tenantId);
    return fillCut(sql, tenantId);
  }),
];

/** Takes all of these steps: for whoever has no other work to do between them. */
export function rebuildReports(ctx: Pick<SystemContext, "database">, tenantId: string): Promise<void> {
  return takeSteps(ctx, REPORT_STEPS, tenantId);
}

function holdingStep(name: string, take: RebuildStep["take"]): RebuildStep {
  return {
    name,
    async take(sql, tenantId, after) {
      await holdReports(sql);
      return take(sql, tenantId, after);
    },
  };
}

function takeBy(query: Statement<Counted>): (sql: Sql, tenantId: string, after: string | null) => Promise<RebuiltPart> {
  return async (sql, tenantId, after) => {
    const [{ count, lastId } = { count: 0, lastId: null }] = await sql.rows(query, [tenantId, after]);
    return { count, next: count < CHUNK ? null : lastId };
  };
}
