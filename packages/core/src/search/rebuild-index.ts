import { statement, type SearchKind } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { partOf, takeSteps, type RebuildStep } from "../rebuild-steps/index.ts";
import { indexAnew } from "./index-changes.ts";

/** Documents that are written at once, and that are compared with what is there. */
const MOST_WRITTEN = 500;
const MOST_COMPARED = 5_000;

const TABLES = { CONTACT: "contact", MESSAGE: "message", TICKET: "ticket" } as const satisfies Record<
  SearchKind,
  string
>;
const KINDS = ["CONTACT", "TICKET", "MESSAGE"] as const;

/** First everything that there is, then what is not there any more. */
export const INDEX_STEPS: readonly RebuildStep[] = [...KINDS.map(indexStep), ...KINDS.map(forgetStep)];

/** Makes the index of a tenant anew from what is there. Everything is found meanwhile. */
export function rebuildIndex(ctx: Pick<SystemContext, "database">, tenantId: string): Promise<void> {
  return takeSteps(ctx, INDEX_STEPS, tenantId);
}

/** contact_pkey, message_pkey, ticket_pkey */
function indexStep(kind: SearchKind): RebuildStep {
  const find = statement<{ id: string }>(
    `search_rebuild_${TABLES[kind]}`,
    `select id from ${TABLES[kind]}
      where tenant_id = $1 and ($2::uuid is null or id > $2) order by id limit ${MOST_WRITTEN}`,
  );
  return {
    name: `${TABLES[kind]}s`,
    async take(sql, tenantId, after) {
      const ids = (await sql.rows(find, [tenantId, after])).map(({ id }) => id);
      await indexAnew(sql, tenantId, kind, ids);
      return partOf(ids, MOST_WRITTEN);
    },
  };
}

/** search_document_pkey; contact_pkey, message_pkey, ticket_pkey */
function forgetStep(kind: SearchKind): RebuildStep {
  const compare = statement<{ id: string }>(
    `search_forget_gone_${TABLES[kind]}`,
    `with chunk as materialized (
       select id from search_document
        where tenant_id = $1 and kind = '${kind}' and ($2::uuid is null or id > $2) order by id limit ${MOST_COMPARED}
     ), gone as (
       delete from search_document d using chunk c
        where d.tenant_id = $1 and d.kind = '${kind}' and d.id = c.id
          and not exists (select from ${TABLES[kind]} t where t.tenant_id = $1 and t.id = c.id)
     )
     select id from chunk order by id`,
  );
  return {
    name: `gone_${TABLES[kind]}s`,
    async take(sql, tenantId, after) {
      const ids = (await sql.rows(compare, [tenantId, after])).map(({ id }) => id);
      return partOf(ids, MOST_COMPARED);
    },
  };
}
