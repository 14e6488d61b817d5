-- Retention: what monitor would have sent, and conflicts that are decided.
create or replace function sync.prune_catalog(p_keep interval) returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with pruned_shadows as (
  delete from sync.product_shadows where at < now() - p_keep returning 1
),

pruned_conflicts as (
  delete from sync.field_conflicts where decided_at < now() - p_keep returning 1
)

select (select count(*) from pruned_shadows) + (select count(*) from pruned_conflicts);
end;
comment on function sync.prune_catalog(interval) is
'Delete shadows of the catalogue and decided conflicts past their time; returns how many.';
