import type { Tx } from "@parley/db";
import { DomainError, type FieldError } from "@parley/runtime";
import { ticketCondition, type TicketAsker, type TicketFilter } from "../tickets/index.ts";

/** As many as one job changes. */
const MAX_ROWS = 100_000;
/** So many wrong ids are named. */
const MAX_NAMED = 10;

interface BulkJobKey {
  tenantId: string;
  jobId: string;
}

/** Makes these tickets the rows of a job, in the order in which they are named, each once. Returns how many. */
export async function chooseTicketsById(
  tx: Tx,
  { tenantId, jobId }: BulkJobKey,
  ids: readonly string[],
): Promise<number> {
  // ticket_pkey
  const unknown = await tx.$queryRaw<{ index: number }[]>`
    select (g.position - 1)::int as index
      from unnest(${ids}::uuid[]) with ordinality g (id, position)
     where not exists (select from ticket t where t.tenant_id = ${tenantId}::uuid and t.id = g.id)
     order by g.position limit ${MAX_NAMED}`;
  if (unknown.length > 0) {
    const message = "is not a ticket of this company";
    throw refused(unknown.map(({ index }) => ({ path: `ticketIds.${index}`, message })));
  }
  return tx.$executeRaw`
    insert into bulk_row (tenant_id, job_id, position, ticket_id)
    select ${tenantId}::uuid, ${jobId}::uuid, row_number() over (order by min(g.position)), g.id
      from unnest(${ids}::uuid[]) with ordinality g (id, position)
     group by g.id`;
}

/**
 * Makes all tickets that a filter means now the rows of a job, the oldest first. Returns how many. Refuses none, and more
 * than `most`.
 */
export async function chooseTicketsByFilter(
  tx: Tx,
  { tenantId, jobId }: BulkJobKey,
  filter: TicketFilter,
  asker: TicketAsker,
  most = MAX_ROWS,
): Promise<number> {
  const values: unknown[] = [];
  const condition = ticketCondition(values, [filter], asker);
  const counted = await tx.$queryRawUnsafe<{ count: number }[]>(
    `select count(*)::int as count from ticket t where ${condition}`,
    ...values,
  );
  const count = counted[0]?.count ?? 0;
  if (count === 0) throw refused([{ path: "filter", message: "means no ticket" }]);
  if (count > most) {
    const message = `means ${count} tickets, and a job changes ${most} at most; narrow it down`;
    throw refused([{ path: "filter", message }]);
  }
  const [tenant, job, limit] = [tenantId, jobId, most].map((value) => `$${values.push(value)}`);
  return tx.$executeRawUnsafe(
    `insert into bulk_row (tenant_id, job_id, position, ticket_id)
     select ${tenant}::uuid, ${job}::uuid, row_number() over (order by c.created_at, c.id), c.id
       from (select t.id, t.created_at from ticket t where ${condition} order by t.created_at, t.id limit ${limit}::int) c`,
    ...values,
  );
}

function refused(fields: FieldError[]): DomainError {
  return new DomainError("validation_failed", "Correct what is named in errors and send the request again.", {
    fields,
  });
}
