-- Search: an index of its own for what people look for, and the two functions through which requests read it.
create extension if not exists unaccent;

create type search_kind as enum ('CONTACT', 'MESSAGE', 'TICKET');

create table search_document (
  tenant_id uuid not null,
  kind search_kind not null,
  id uuid not null,
  segment integer not null,
  occurred_at timestamptz(3) not null,
  inbox_id uuid,
  language text,
  vector tsvector not null,
  text text,

  constraint search_document_pkey primary key (tenant_id,kind,id)
);

create table search_segment (
  tenant_id uuid not null,
  kind search_kind not null,
  id serial not null,
  documents integer not null,
  oldest timestamptz(3) not null,
  newest timestamptz(3) not null,

  constraint search_segment_pkey primary key (tenant_id,kind,id)
);

create table search_change (
  tenant_id uuid not null,
  seq bigserial not null,
  kind search_kind not null,
  subject_id uuid not null,

  constraint search_change_pkey primary key (tenant_id,seq)
);

-- Order references are looked up as they are.
create index ticket_order_ref_idx on ticket (tenant_id, order_ref) where order_ref is not null;

-- Words without accents, each language by its own grammar.
do $$
declare
  language text;
begin
  foreach language in array array['english', 'french', 'german', 'italian', 'spanish', 'simple']
  loop
    execute format('create text search configuration parley_%s (copy = %s)', language, language);
    execute format(
      'alter text search configuration parley_%s
         alter mapping for hword, hword_part, word with unaccent, %I', language,
      case language when 'simple' then 'simple' else language || '_stem' end
    );
  end loop;
end $$;

create function search_config(language text) returns regconfig
  language sql stable parallel safe
  return case language
    when 'de' then 'parley_german' when 'en' then 'parley_english' when 'es' then 'parley_spanish'
    when 'fr' then 'parley_french' when 'it' then 'parley_italian' else 'parley_simple'
  end::regconfig;

-- What is read as words, sign by sign as long as what was said. Numbers are found without what stands before the hyphen: FR-4711
-- is two words, and not a word and a negative number. Nothing is a tag, and the signs that mark what was found are not in it.
create function search_words(said text) returns text
  language sql immutable parallel safe
  return regexp_replace(translate(said, E'<>\uE000\uE001', '    '), '(?<=[[:alnum:]])[-_/](?=[[:alnum:]])', ' ', 'g');

-- The words of a document as the index holds them, each behind the number of its segment. A segment belongs to one tenant, so
-- the words of one tenant are apart from all others', and those of the newest segment from the older ones.
create function search_terms(segment integer, vector tsvector) returns tsvector
  language sql immutable strict parallel safe
  return array_to_tsvector(array(select segment || ':' || word from unnest(tsvector_to_array(vector)) word));

-- Without a list of what is pending, which each search of each segment would read.
create index search_document_terms_idx on search_document using gin (search_terms(segment, vector)) with (fastupdate = off);

-- What somebody typed, by the grammar of one language: "quoted" words follow each other, -word is not in it, or is an alternative.
-- With `begins` words are also meant as they stand, and the last may be the beginning of one, unless something is excluded. Null
-- when nothing is left, or what is only negative.
create function search_query_in(language text, typed text, begins boolean) returns tsquery
  language plpgsql stable parallel safe
as $$
declare
  query tsquery := websearch_to_tsquery(search_config(language), search_words(typed));
  plain tsquery := websearch_to_tsquery('parley_simple', search_words(typed));
begin
  if begins and numnode(plain) > 0 and strpos(plain::text, '!') = 0 then
    if typed ~ '[[:alnum:]]{3}$' then
      plain := regexp_replace(plain::text, '''$', ''':*')::tsquery;
    end if;
    query := case when numnode(query) > 0 then query || plain else plain end;
  end if;
  return case when numnode(query) > 0 and querytree(query) not in ('', 'T') then query end;
end $$;

-- The same query for the index, with a sign before each term, in the place of which the segment's number is put.
create function search_template(query tsquery) returns text
  language sql immutable parallel safe
  return regexp_replace(
    regexp_replace(querytree(query), '<(?:-|[0-9]+)>', '&', 'g'), '''((?:[^'']|'''')*)''', E'''\u0001\\1''', 'g');

create function search_in_segment(template text, segment integer) returns tsquery
  language sql immutable parallel safe
  return replace(template, E'\u0001', segment || ':')::tsquery;

-- The newest texts of the current tenant that a query means, segment by segment, behind the one that is given: as many as
-- `most`. Nobody says whose they are to be: that is the transaction's tenant, and without one there are none. What is compared is
-- written so that no other index than search_document_terms_idx serves it.
create function search_texts(
  of_kind search_kind, typed text, begins boolean, inboxes uuid[], since timestamptz, until timestamptz,
  after_segment integer, after_at timestamptz, after_id uuid, most integer
) returns table (id uuid, segment integer, occurred_at timestamptz, language text, rank real)
  language plpgsql stable security definer
  set search_path = pg_catalog, public, pg_temp
  set enable_seqscan = off
  set max_parallel_workers_per_gather = 0
  rows 100
as $$
#variable_conflict use_column
declare
  tenant constant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
  languages constant text[] := array['en', 'fr', 'de', 'it', 'es'];
  -- The last is for all other languages.
  queries constant tsquery[] := array(
    select search_query_in(l.language, typed, begins)
      from unnest(languages || 'simple'::text) with ordinality l (language, position) order by l.position);
  template constant text := (
    select string_agg(distinct '(' || search_template(q) || ')', ' | ') from unnest(queries) q where q is not null);
begin
  if tenant is null or template is null then return; end if;
  return query
    select m.id, m.segment, m.occurred_at, m.language,
           ts_rank_cd(m.vector, queries[coalesce(array_position(languages, m.language), 6)], 1)
      from (
        select d.*
          from (select s.id from search_segment s
                 where s.tenant_id = tenant and s.kind = of_kind
                   and (after_segment is null or s.id <= after_segment)
                   and (since is null or s.newest >= since) and (until is null or s.oldest < until)
                 order by s.id desc) s
         cross join lateral (
           select d.* from search_document d
            where search_terms(d.segment, d.vector) @@ search_in_segment(template, s.id)
              and d.tenant_id is not distinct from tenant and d.segment = s.id
              and d.vector @@ queries[coalesce(array_position(languages, d.language), 6)]
              and (inboxes is null or d.inbox_id = any (inboxes))
              and (since is null or d.occurred_at >= since) and (until is null or d.occurred_at < until)
              and (after_segment is null or d.segment < after_segment
                   or (d.occurred_at, d.id) < (after_at, after_id))
            order by d.occurred_at desc, d.id desc
            limit most) d
         limit most
      ) m
     order by m.segment desc, m.occurred_at desc, m.id desc;
end $$;

-- The newest contacts of the current tenant that have all of the terms and all of the parts; where there are none, those that
-- are meant when a letter is wrong.
create function search_contacts(exact tsquery, parts text[], misspelt tsquery, most integer)
  returns table (id uuid, is_misspelt boolean)
  language plpgsql stable security definer
  set search_path = pg_catalog, public, pg_temp
  set enable_seqscan = off
  set max_parallel_workers_per_gather = 0
  rows 100
as $$
#variable_conflict use_column
declare
  tenant constant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
  template text;
  guessed boolean := false;
begin
  if tenant is null then return; end if;
  foreach template in array array[search_template(exact), search_template(misspelt)]
  loop
    if template not in ('', 'T') then
      return query
        select d.id, guessed
          from (select s.id from search_segment s where s.tenant_id = tenant and s.kind = 'CONTACT' order by s.id desc) s
         cross join lateral (
           select d.* from search_document d
            where search_terms(d.segment, d.vector) @@ search_in_segment(template, s.id)
              and d.tenant_id is not distinct from tenant and d.kind = 'CONTACT' and d.segment = s.id
              and (guessed or d.text like all (parts))
            order by d.occurred_at desc, d.id desc
            limit most) d
         limit most;
      if found then return; end if;
    end if;
    guessed := true;
  end loop;
end $$;

-- Whatever changes a text says so, in the transaction of the change; what is gone, or is no longer said, is found no more.
create function search_note_rows() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  if tg_table_name = 'message' then
    insert into search_change (tenant_id, kind, subject_id)
    select r.tenant_id, 'MESSAGE', r.id from new_rows r where r.content ->> 'text' <> '';
  elsif tg_table_name = 'ticket' then
    insert into search_change (tenant_id, kind, subject_id) select r.tenant_id, 'TICKET', r.id from new_rows r;
  elsif tg_table_name = 'contact' then
    insert into search_change (tenant_id, kind, subject_id)
    select r.tenant_id, 'CONTACT', r.id from new_rows r where r.name is not null;
  else
    insert into search_change (tenant_id, kind, subject_id)
    select distinct r.tenant_id, 'CONTACT'::search_kind, r.contact_id from new_rows r;
  end if;
  return null;
end $$;

create function search_note_row() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  if tg_table_name = 'message' then
    delete from search_document d where d.tenant_id = new.tenant_id and d.kind = 'MESSAGE' and d.id = new.id;
    insert into search_change (tenant_id, kind, subject_id) values (new.tenant_id, 'MESSAGE', new.id);
  elsif tg_table_name = 'ticket' then
    insert into search_change (tenant_id, kind, subject_id) values (new.tenant_id, 'TICKET', new.id);
  elsif tg_table_name = 'contact' then
    insert into search_change (tenant_id, kind, subject_id) values (new.tenant_id, 'CONTACT', new.id);
  else
    insert into search_change (tenant_id, kind, subject_id)
    values (old.tenant_id, 'CONTACT', old.contact_id), (new.tenant_id, 'CONTACT', new.contact_id);
  end if;
  return null;
end $$;

create function search_forget_rows() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp
as $$
begin
  if tg_table_name = 'contact_identifier' then
    insert into search_change (tenant_id, kind, subject_id)
    select distinct r.tenant_id, 'CONTACT'::search_kind, r.contact_id from old_rows r;
  else
    delete from search_document d using old_rows r
     where d.tenant_id = r.tenant_id and d.kind = upper(tg_table_name)::search_kind and d.id = r.id;
  end if;
  return null;
end $$;

do $$
declare
  tbl text;
begin
  foreach tbl in array array['contact', 'contact_identifier', 'message', 'ticket']
  loop
    execute format(
      'create trigger search_inserted after insert on %I referencing new table as new_rows
         for each statement execute function search_note_rows()', tbl);
    execute format(
      'create trigger search_deleted after delete on %I referencing old table as old_rows
         for each statement execute function search_forget_rows()', tbl);
  end loop;
end $$;

create trigger search_changed after update of content on message for each row
  when (old.content is distinct from new.content) execute function search_note_row();
create trigger search_changed after update of subject, order_ref, category on ticket for each row
  when ((old.subject, old.order_ref, old.category) is distinct from (new.subject, new.order_ref, new.category))
  execute function search_note_row();
create trigger search_changed after update of name on contact for each row
  when (old.name is distinct from new.name) execute function search_note_row();
create trigger search_changed after update of value, contact_id on contact_identifier for each row
  when ((old.value, old.contact_id) is distinct from (new.value, new.contact_id)) execute function search_note_row();

-- Whom the functions run as: a role that nobody signs in as, and that reaches nothing but these tables.
do $$
begin
  create role parley_search nologin nosuperuser nobypassrls nocreatedb nocreaterole;
exception when duplicate_object or unique_violation then null;
end $$;

do $$
declare
  tbl text;
  fn text;
begin
  execute format('grant parley_search to %I', current_user);
  grant usage, create on schema public to parley_search;
  foreach tbl in array array['search_document', 'search_segment', 'search_change']
  loop
    execute format('grant select, insert, update, delete on %I to parley_system', tbl);
    execute format('alter table %I enable row level security', tbl);
    execute format('alter table %I force row level security', tbl);
    execute format('create policy system_rows on %I to parley_system using (true) with check (true)', tbl);
    execute format('create policy search_rows on %I to parley_search using (true) with check (true)', tbl);
  end loop;
  grant usage, select on sequence search_segment_id_seq, search_change_seq_seq to parley_system;
  grant usage on sequence search_change_seq_seq to parley_search;
  grant select on search_document, search_segment to parley_search;
  grant delete on search_document to parley_search;
  grant insert on search_change to parley_search;

  foreach fn in array array[
    'search_texts(search_kind, text, boolean, uuid[], timestamptz, timestamptz, integer, timestamptz, uuid, integer)',
    'search_contacts(tsquery, text[], tsquery, integer)',
    'search_note_rows()', 'search_note_row()', 'search_forget_rows()'
  ]
  loop
    execute format('revoke execute on function %s from public', fn);
    execute format('grant execute on function %s to parley_app, parley_system', fn);
    execute format('alter function %s owner to parley_search', fn);
  end loop;
  revoke create on schema public from parley_search;
end $$;

-- What is there already is indexed as if it had just changed, the oldest first. The owner sees rows only while that is not forced.
alter table contact no force row level security;
alter table ticket no force row level security;
alter table message no force row level security;
alter table search_change no force row level security;
insert into search_change (tenant_id, kind, subject_id) select tenant_id, 'CONTACT', id from contact order by id;
insert into search_change (tenant_id, kind, subject_id) select tenant_id, 'TICKET', id from ticket order by id;
insert into search_change (tenant_id, kind, subject_id)
select tenant_id, 'MESSAGE', id from message where content ->> 'text' <> '' order by occurred_at, id;
alter table contact force row level security;
alter table ticket force row level security;
alter table message force row level security;
alter table search_change force row level security;
