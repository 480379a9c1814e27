-- What is unfinished, with what views filter by: it is counted without being read. Eight tags of the greatest length fit into
-- a row of an index, and all that a ticket may have do not.
create index ticket_unfinished_idx on ticket (tenant_id, created_at desc)
  include (status, priority, channel, inbox_id, assignee_id, team_id, snoozed_at, tags)
  where status not in ('RESOLVED', 'CLOSED') and cardinality(tags) <= 8;
create index ticket_much_tagged_idx on ticket (tenant_id, created_at desc)
  where status not in ('RESOLVED', 'CLOSED') and (cardinality(tags) <= 8) is not true;
