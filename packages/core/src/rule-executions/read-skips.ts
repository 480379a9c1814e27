import { AiTrigger, Prisma, type Tx } from "@parley/db";
import { z } from "zod";
import { conditionJson, testsOf } from "../rule-conditions/index.ts";
import type { ExecutionRow, ListExecutionsQuery } from "./execution-json.ts";
import { idOfSkip, placeOfSkip } from "./skip-ids.ts";

type Filter = Pick<ListExecutionsQuery, "ruleId" | "ticketId" | "conversationId">;

const trigger = z.enum(AiTrigger);
/** What is needed of a version's definition. */
const saying = z.object({ conditions: conditionJson });
/** `record-skips.ts` */
const detail = z.tuple([z.int(), z.string()]).rest(z.json());

type SkipRow = Pick<
  ExecutionRow,
  "ruleId" | "eventSeq" | "conversationId" | "ticketId" | "messageId" | "depth" | "createdAt"
> & {
  skipsId: string;
  place: number;
  trigger: string;
  detail: unknown;
};

/** What is read of an execution in `s`, a row of them, at the place `r.place`. */
const COLUMNS = Prisma.sql`
  s.id as "skipsId", r.place::int as place, r.id as "ruleId", s.trigger, s.event_seq as "eventSeq",
  s.conversation_id as "conversationId", s.ticket_id as "ticketId", s.message_id as "messageId", s.depth,
  s.created_at as "createdAt", s.details -> (r.place::int - 1) as detail`;
const EACH = Prisma.sql`cross join lateral unnest(s.rule_ids) with ordinality as r (id, place)`;

/** The newest executions that were skipped with others of their event, before an id; as many as are to be read. */
export async function readSkips(
  tx: Tx,
  tenantId: string,
  filter: Filter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<ExecutionRow[]> {
  const triggers = filter.ruleId === undefined ? [] : await triggersOf(tx, tenantId, filter.ruleId);
  return explain(tx, tenantId, await tx.$queryRaw(selectSkips(tenantId, { ...filter, triggers }, { before, limit })));
}

/** One of them by its id; null when there is none. Relies on ai_skipped_rules_pkey. */
export async function readSkip(tx: Tx, tenantId: string, id: string): Promise<ExecutionRow | null> {
  const { skipsId, place } = placeOfSkip(id);
  const rows = await tx.$queryRaw<SkipRow[]>`
    select ${COLUMNS}
      from ai_skipped_rules s ${EACH}
     where s.tenant_id = ${tenantId}::uuid and s.id = ${skipsId}::uuid and r.place = ${place}`;
  const [execution] = await explain(tx, tenantId, rows);
  return execution ?? null;
}

/** What a rule has ever been asked by. */
async function triggersOf(tx: Tx, tenantId: string, ruleId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ trigger: string }[]>`
    select distinct upper(definition ->> 'trigger') as trigger
      from ai_rule_version where tenant_id = ${tenantId}::uuid and rule_id = ${ruleId}::uuid`;
  return rows.map((row) => row.trigger);
}

/**
 * Relies on ai_skipped_rules_pkey, or on the index of the filter. Of a rule: an event asks nearly all rules of a trigger, so
 * the newest rows of its triggers are nearly all about it (ai_skipped_rules_tenant_id_trigger_id_idx).
 */
export function selectSkips(
  tenantId: string,
  { triggers, ruleId, ticketId, conversationId }: Filter & { triggers: readonly string[] },
  { before, limit }: { before: string | undefined; limit: number },
): Prisma.Sql {
  const last = before === undefined ? undefined : placeOfSkip(before);
  const conditions = [
    Prisma.sql`s.tenant_id = ${tenantId}::uuid`,
    ...(last ? [Prisma.sql`s.id <= ${last.skipsId}::uuid`] : []),
    ...(last ? [Prisma.sql`(s.id < ${last.skipsId}::uuid or r.place < ${last.place})`] : []),
    ...(ruleId === undefined ? [] : [Prisma.sql`r.id = ${ruleId}::uuid`]),
    ...(ticketId === undefined ? [] : [Prisma.sql`s.ticket_id = ${ticketId}::uuid`]),
    ...(conversationId === undefined ? [] : [Prisma.sql`s.conversation_id = ${conversationId}::uuid`]),
  ];
  const newest = (more: readonly Prisma.Sql[]): Prisma.Sql => Prisma.sql`
    (select ${COLUMNS}
       from ai_skipped_rules s ${EACH}
      where ${Prisma.join([...conditions, ...more], " and ")}
      order by s.id desc, r.place desc limit ${limit})`;
  // What a ticket or a conversation has is little.
  const isNarrow = ticketId !== undefined || conversationId !== undefined;
  if (triggers.length === 0 || isNarrow) return newest([]);
  const each = triggers.map((one) => newest([Prisma.sql`s.trigger = ${one}`]));
  return Prisma.sql`
    select * from (${Prisma.join(each, " union all ")}) s order by "skipsId" desc, place desc limit ${limit}`;
}

/** As executions, with what their rules compared. Relies on ai_rule_version_pkey. */
async function explain(tx: Tx, tenantId: string, rows: readonly SkipRow[]): Promise<ExecutionRow[]> {
  const skips = rows.map((row) => ({ row, detail: detail.parse(row.detail) }));
  const asked = new Map(
    skips.map(({ row: { ruleId }, detail: [version] }) => [`${ruleId} ${version}`, { ruleId, version }]),
  );
  const versions =
    asked.size === 0 ? [] : await tx.aiRuleVersion.findMany({ where: { tenantId, OR: [...asked.values()] } });
  const testsOfRules = new Map(
    versions.map(({ ruleId, version, definition }) => [
      `${ruleId} ${version}`,
      new Map(testsOf(saying.parse(definition).conditions).map(({ path, test }) => [path, test])),
    ]),
  );
  return skips.map(({ row: { skipsId, place, detail: _stored, ...row }, detail: [version, reason, path, ...saw] }) => {
    const test = typeof path === "string" ? testsOfRules.get(`${row.ruleId} ${version}`)?.get(path) : undefined;
    const failing = test && {
      path,
      field: test.field,
      operator: test.operator,
      expected: test.value,
      ...(saw.length > 0 && { actual: saw[0] }),
    };
    return {
      ...row,
      id: idOfSkip(skipsId, place),
      trigger: trigger.parse(row.trigger),
      version,
      outcome: "SKIPPED",
      reason,
      failing: failing ?? null,
      error: null,
    };
  });
}
