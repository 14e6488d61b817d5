-- Retention of what the subjects of all kinds keep.
create or replace function sync.prune_subjects(p_keep interval) returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select sync.prune_inventory(p_keep) + sync.prune_catalog(p_keep) + sync.prune_links(p_keep)
  + sync.prune_webhooks(p_keep);
end;
comment on function sync.prune_subjects(interval) is 'Delete what subjects keep past its time; returns how many rows.';
