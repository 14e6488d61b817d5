-- Retention: what monitor would have sent, conflicts that are decided, discrepancies that are no more.
create or replace function sync.prune_catalog(p_keep interval) returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with pruned_shadows as (
  delete from sync.product_shadows where at < now() - p_keep returning 1
),

pruned_conflicts as (
  delete from sync.field_conflicts where decided_at < now() - p_keep returning 1
),

pruned_discrepancies as (
  delete from sync.field_discrepancies where coalesce(corrected_at, vanished_at) < now() - p_keep returning 1
)

select
  (select count(*) from pruned_shadows) + (select count(*) from pruned_conflicts)
  + (select count(*) from pruned_discrepancies);
end;
comment on function sync.prune_catalog(interval) is
'Delete shadows of the catalogue, decided conflicts and past discrepancies; returns how many.';
