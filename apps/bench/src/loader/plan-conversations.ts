import type { Draw } from "./draw.ts";
import { ERA, UNTIL } from "./era.ts";
import { INBOX_WEIGHTS, THREADED_WEIGHTS } from "./inboxes.ts";
import type { TenantShare } from "./load-size.ts";
import { LANGUAGES } from "./phrases/write-phrases.ts";

/** How many of the conversations are with somebody who is known already. */
const RETURNING = 0.1;
/** Tickets follow each other by weeks, so only a conversation with a past has several. */
const DAYS_FOR_SEVERAL = 60;

/**
 * Makes the temporary table `plan_conversation`, numbered from 0 by the time at which they begin; there are more from
 * month to month. Most have few messages and some very many, together exactly as many as the share says. Most contacts
 * have one conversation: `contact` numbers them by their first one, and whoever comes back does so where there are
 * threads.
 */
export function planConversations(draw: Draw, { conversations, messages }: TenantShare): string {
  const chance = (choice: string): string => draw.chance(`conversation.${choice}`, "n");
  const drawn = `
    select n, power(1 - 0.999 * ${chance("weight")}, -0.6) as weight,
           n = 0 or ${chance("returning")} >= ${RETURNING} as is_new,
           (timestamptz '${ERA.from}' + interval '${ERA.days} days'
             * power((n + 0.999 * ${chance("start")}) / ${conversations}, 0.85))::timestamptz(3) as started_at
      from generate_series(0, ${conversations - 1}) n`;
  const summed = `
    select *, sum(weight) over upwards as weight_to, count(*) filter (where is_new) over upwards as contacts
      from drawn window upwards as (order by n)`;
  const shared = `
    select *, floor(weight_to / max(weight_to) over () * ${messages - conversations})::int as more_to from summed`;
  const counted = `
    select n, started_at, is_new, n + lag(more_to, 1, 0) over (order by n) as first_message,
           1 + more_to - lag(more_to, 1, 0) over (order by n) as messages,
           case when is_new then contacts - 1
                else floor(power(${chance("contact")}, 3) * contacts)::bigint end as contact,
           (case when is_new then ${draw.weighted("conversation.inbox", "n", INBOX_WEIGHTS)}
                 else ${draw.weighted("conversation.thread", "n", THREADED_WEIGHTS)} end)::int as inbox
      from shared`;
  const several = draw.weighted("conversation.tickets", "n", { 1: 60, 2: 25, 3: 15 });
  return `
    create temp table plan_conversation on commit drop as
    with drawn as (${drawn}), summed as (${summed}), shared as (${shared}), counted as (${counted})
    select *, ${UNTIL} - started_at as remaining,
           case when ${UNTIL} - started_at < interval '${DAYS_FOR_SEVERAL} days' then 1
                else least(messages, (${several})::int) end as tickets,
           ${draw.weighted("contact.language", "contact", LANGUAGES)} as language
      from counted`;
}
