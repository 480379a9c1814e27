-- Being slowed down is counted apart from failing and from slots that were missed.
alter table message add column slow_downs integer not null default 0;

-- Changes of number may arrive late or twice: only a later one makes another identifier the primary one.
alter table contact_identifier add column primary_since timestamptz(3);
