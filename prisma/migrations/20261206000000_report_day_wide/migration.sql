-- One row a day, whatever happened on it: a report of a year reads a row for each of its days, and not one for each of their kinds.
create table report_day_wide (
  tenant_id uuid not null,
  day date not null,
  is_next boolean not null default false,
  conversation bigint not null default 0,
  received bigint not null default 0,
  scheduled bigint not null default 0,
  queued bigint not null default 0,
  unknown bigint not null default 0,
  sent bigint not null default 0,
  failed bigint not null default 0,
  cancelled bigint not null default 0,
  delivered bigint not null default 0,
  read bigint not null default 0,
  played bigint not null default 0
);

-- Whoever migrates need not be a superuser, and the owner is bound by policies, too, of which none is for it.
alter table report_day no force row level security;

insert into report_day_wide (
  tenant_id, day, is_next, conversation, received, scheduled, queued, unknown, sent, failed, cancelled, delivered, read, played
)
select tenant_id, day, is_next,
       coalesce(sum(count) filter (where kind = 'CONVERSATION'), 0),
       coalesce(sum(count) filter (where kind = 'RECEIVED'), 0),
       coalesce(sum(count) filter (where kind = 'SCHEDULED'), 0),
       coalesce(sum(count) filter (where kind = 'QUEUED'), 0),
       coalesce(sum(count) filter (where kind = 'UNKNOWN'), 0),
       coalesce(sum(count) filter (where kind = 'SENT'), 0),
       coalesce(sum(count) filter (where kind = 'FAILED'), 0),
       coalesce(sum(count) filter (where kind = 'CANCELLED'), 0),
       coalesce(sum(count) filter (where kind = 'DELIVERED'), 0),
       coalesce(sum(count) filter (where kind = 'READ'), 0),
       coalesce(sum(count) filter (where kind = 'PLAYED'), 0)
  from report_day
 group by tenant_id, day, is_next
 order by tenant_id, day, is_next;

drop table report_day;
alter table report_day_wide rename to report_day;
alter table report_day add constraint report_day_pkey primary key (tenant_id,day,is_next);

grant select, insert, update, delete on report_day to parley_system;
grant select on report_day to parley_app;
alter table report_day enable row level security;
alter table report_day force row level security;
create policy system_rows on report_day to parley_system using (true) with check (true);
create policy tenant_rows on report_day to parley_app
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
