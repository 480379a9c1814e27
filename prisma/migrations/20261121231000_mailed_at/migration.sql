-- When a mail server took a mail; the settings' own time of change.
alter table invitation add column mailed_at timestamptz(3);
alter table password_reset add column mailed_at timestamptz(3);
alter table tenant add column settings_updated_at timestamptz(3) not null default current_timestamp;

-- Row-level security is forced on the owner too, who would see no row to fill in.
alter table invitation no force row level security;
alter table password_reset no force row level security;
alter table tenant no force row level security;
update invitation set mailed_at = created_at where token_hash is not null;
update password_reset set mailed_at = created_at where token_hash is not null;
update tenant set settings_updated_at = updated_at;
alter table invitation force row level security;
alter table password_reset force row level security;
alter table tenant force row level security;

-- Prisma has no word for a partial index. Whatever is still to be mailed, for whoever looks for what was lost.
create index invitation_unmailed_idx on invitation (created_at) where mailed_at is null;
create index password_reset_unmailed_idx on password_reset (created_at) where mailed_at is null;

grant update (settings_updated_at) on tenant to parley_app;
