import type { SearchQuery } from "./schemas.ts";

/** The values of a search's statements, in the order of their placeholders from $1. */
export type FilterValues = readonly [
  tenantId: string,
  typed: string,
  inboxIds: readonly string[] | null,
  channels: readonly string[] | null,
  since: Date | null,
  until: Date | null,
  statuses: readonly string[] | null,
  isUnassigned: boolean,
  assigneeId: string | null,
  tags: readonly string[] | null,
];

export function filterValues(
  { q, inboxId, channel, since, until, status, assigneeId, tag }: SearchQuery,
  { tenantId, me }: { tenantId: string; me: string | null },
): FilterValues {
  const assignee = assigneeId === "me" ? me : assigneeId === "none" ? null : assigneeId;
  // Nobody is a program's `me`: of such nothing is found.
  const isNobodys = assigneeId === "me" && me === null;
  return [
    tenantId,
    q,
    inboxId ?? null,
    channel ?? null,
    since ?? null,
    until ?? null,
    isNobodys ? [] : (status ?? null),
    assigneeId === "none",
    assignee ?? null,
    tag ?? null,
  ];
}

/** The inboxes of $3 and $4 as search_texts takes them: null for all. inbox_pkey */
export const INBOXES = `
  case when $3::uuid[] is null and $4::channel[] is null then null
       else array(select i.id from inbox i
                   where i.tenant_id = $1::uuid and ($3::uuid[] is null or i.id = any($3::uuid[]))
                     and ($4::channel[] is null or i.channel = any($4::channel[]))) end`;

/** Whether what has a status, an assignee and tags is meant by $7 to $10. */
export function fits(row: string, status = `${row}.status::text`): string {
  return `($7::text[] is null or ${status} = any($7::text[]))
          and (not $8::boolean or ${row}.assignee_id is null) and ($9::uuid is null or ${row}.assignee_id = $9::uuid)
          and ($10::text[] is null or ${row}.tags @> $10::text[])`;
}

/** Whether something is asked that only conversations and what is in them have. */
export function isOfConversations({ inboxId, channel, status, assigneeId }: SearchQuery): boolean {
  return [inboxId, channel, status, assigneeId].some((part) => part !== undefined);
}

/** Whether something is asked that the index does not know. */
export function isJudgedOutside({ status, assigneeId, tag }: SearchQuery): boolean {
  return [status, assigneeId, tag].some((part) => part !== undefined);
}
