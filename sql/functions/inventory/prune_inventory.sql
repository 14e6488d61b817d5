-- Retention: conflicts, closed discrepancies and shadows of levels.
create or replace function sync.prune_inventory(p_keep interval) returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with pruned_conflicts as (
  delete from sync.level_conflicts where found_at < now() - p_keep returning 1
),

pruned_discrepancies as (
  delete from sync.level_discrepancies where coalesce(corrected_at, vanished_at) < now() - p_keep returning 1
),

pruned_shadows as (
  delete from sync.level_shadows where at < now() - p_keep returning 1
)

select
  (select count(*) from pruned_conflicts) + (select count(*) from pruned_discrepancies)
  + (select count(*) from pruned_shadows);
end;
comment on function sync.prune_inventory(interval) is
'Delete conflicts, closed discrepancies and shadows of levels past their time; returns how many.';
