import type pg from "pg";
import { z } from "zod";
import { runAlone, type RawAsker } from "./raw-transaction.ts";

const DEFAULT_LIMIT = 50;
const UNFINISHED: readonly string[] = ["OPEN", "PENDING", "WAITING_CUSTOMER", "ESCALATED"];

const upperList = z.string().transform((text) => text.toUpperCase().split(","));
const listQuery = z.object({
  status: upperList,
  priority: upperList.optional(),
  channel: upperList.optional(),
  assigneeId: z.string().optional(),
  teamId: z.string().optional(),
  tag: z.string().optional(),
  limit: z.coerce.number().int().default(DEFAULT_LIMIT),
});

/** The rows of a list as Parley asks for them: each status by its own index, unless they are one person's. */
export function rawList(pool: pg.Pool, { tenantId }: RawAsker, query: unknown): Promise<object[]> {
  const { status, priority, channel, assigneeId, teamId, tag, limit } = listQuery.parse(query);
  const values: unknown[] = [tenantId];
  const conditions = ["t.tenant_id = $1::uuid"];
  const add = (condition: (placeholder: string) => string, value: unknown): void => {
    conditions.push(condition(`$${values.push(value)}`));
  };
  if (priority) add((value) => `t.priority = any(${value}::ticket_priority[])`, priority);
  if (channel) add((value) => `t.channel = any(${value}::channel[])`, channel);
  if (assigneeId === "none") conditions.push("t.assignee_id is null");
  else if (assigneeId !== undefined) add((value) => `t.assignee_id = ${value}::uuid`, assigneeId);
  if (teamId !== undefined) add((value) => `t.team_id = ${value}::uuid`, teamId);
  if (tag !== undefined) add((value) => `t.tags @> ${value}::text[]`, [tag]);

  const isOfOne = assigneeId !== undefined && assigneeId !== "none";
  const end = `order by t.created_at desc, t.id desc limit ${limit + 1}`;
  const arms = (isOfOne ? [status] : status.map((each) => [each])).map(
    (statuses) => `(select t.* from ticket t where ${[...conditions, inStatuses(statuses)].join(" and ")} ${end})`,
  );
  return runAlone(pool, tenantId, { text: `select t.* from (${arms.join(" union all ")}) t ${end}`, values });
}

function inStatuses(statuses: readonly string[]): string {
  const listed = `t.status in (${statuses.map((status) => `'${status}'`).join(", ")})`;
  const areUnfinished = statuses.every((status) => UNFINISHED.includes(status));
  return areUnfinished ? `${listed} and t.status not in ('RESOLVED', 'CLOSED')` : listed;
}
