import { statement, type Sql } from "@parley/db";
import type { Keyring } from "@parley/runtime";
import { openTraces } from "./person-traces.ts";

// contact_erasure_running_idx: those that are under way are few
const FIND = statement<{ erasureId: string; sealed: string }>(
  "person_traces_erased_since",
  `select id as "erasureId", sealed_traces as sealed from contact_erasure
    where tenant_id = $1 and status = 'RUNNING' and created_at >= $2`,
);

/** By what those were known whose erasure was asked for since then, and is under way. */
export async function readErasedSince(
  sql: Sql,
  keyring: Keyring,
  { tenantId, since }: { tenantId: string; since: Date },
): Promise<ReadonlySet<string>> {
  const found = await sql.rows(FIND, [tenantId, since]);
  return new Set(
    found.flatMap(({ erasureId, sealed }) => openTraces(keyring, { tenantId, erasureId }, sealed).identifiers),
  );
}
