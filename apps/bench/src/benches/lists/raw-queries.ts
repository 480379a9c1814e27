/** The statements of the baseline: what a list needs, through the same indexes, and nothing else. $1 is the tenant. */

export const CONVERSATIONS = `
  select c.*, i.channel, p.name,
         (select json_agg(json_build_object('type', k.type, 'value', k.value) order by k.is_primary desc)
            from contact_identifier k where k.tenant_id = c.tenant_id and k.contact_id = c.contact_id) as identifiers,
         (select m.content from message m where m.tenant_id = c.tenant_id and m.id = c.last_message_id) as last
    from (select * from conversation where tenant_id = $1::uuid order by last_message_at desc, id desc limit $2::int) c
    join inbox i on i.tenant_id = c.tenant_id and i.id = c.inbox_id
    join contact p on p.tenant_id = c.tenant_id and p.id = c.contact_id
   order by c.last_message_at desc, c.id desc`;

export const MESSAGES = `
  select m.*,
         (select json_agg(a) from message_attachment a where a.tenant_id = m.tenant_id and a.message_id = m.id) as attachments,
         (select json_agg(n.user_id) from message_mention n where n.tenant_id = m.tenant_id and n.message_id = m.id) as mentions
    from message m
   where m.tenant_id = $1::uuid and m.conversation_id = $2::uuid
   order by m.occurred_at, m.id limit $3::int`;

export const CONTACTS = `
  select p.*,
         (select json_agg(json_build_object('type', k.type, 'value', k.value) order by k.is_primary desc)
            from contact_identifier k where k.tenant_id = p.tenant_id and k.contact_id = p.id) as identifiers
    from search_contacts($2::tsquery, $3::text[], $4::tsquery, 10000) f
    join contact p on p.tenant_id = $1::uuid and p.id = f.id
   order by p.id desc limit $5::int`;

export const FOUND = `
  select m.*, f.rank,
         ts_headline(search_config(f.language), search_words(m.content ->> 'text'), search_query_in(f.language, $2::text, false),
                     'HighlightAll=true') as marked
    from (select * from search_texts('MESSAGE', $2::text, false, null, null, null, null, null, null, 200)
           order by rank desc limit $3::int) f
    join message m on m.tenant_id = $1::uuid and m.id = f.id`;

/** The days up to today in the tenant's zone, of which there are $2. */
const DAYS = `
  (select today - ($2::int - 1) as first, today as last
     from (select (now() at time zone z.time_zone)::date as today from report_zone z where z.tenant_id = $1::uuid) t) d`;

const OVERVIEW_DAYS = `
  select g.day::date::text as date, r.sent + r.delivered + r.read + r.played as sent, r.received
    from ${DAYS}
   cross join generate_series(d.first, d.last, interval '1 day') g (day)
    left join report_day r on r.tenant_id = $1::uuid and r.day = g.day::date and not r.is_next
   order by g.day`;

const OVERVIEW_KINDS = `
  select sum(r.conversation) as conversations, sum(r.received) as received, sum(r.scheduled) as scheduled,
         sum(r.queued) as queued, sum(r.unknown) as unknown, sum(r.sent) as sent, sum(r.failed) as failed,
         sum(r.cancelled) as cancelled, sum(r.delivered) as delivered, sum(r.read) as read, sum(r.played) as played
    from ${DAYS} join report_day r on r.tenant_id = $1::uuid and r.day between d.first and d.last and not r.is_next`;

export const OVERVIEW = `
  select (select json_agg(d) from (${OVERVIEW_DAYS}) d) as days, (select json_agg(k) from (${OVERVIEW_KINDS}) k) as kinds`;
