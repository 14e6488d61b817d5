-- Retention: conflicts, closed discrepancies, shadows of levels, and what departed and is empty.
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
),

pruned_items as (
  delete from sync.departed_items
  where left_at < now() - p_keep and not exists (
    select from sync.levels as e
    where
      e.shop_id = departed_items.shop_id and e.inventory_item_id = departed_items.inventory_item_id
      and e.available > 0 and coalesce(e.acknowledged_at, '-infinity') < departed_items.left_at
  )
  returning 1
)

select
  (select count(*) from pruned_conflicts) + (select count(*) from pruned_discrepancies)
  + (select count(*) from pruned_shadows) + (select count(*) from pruned_items);
end;
comment on function sync.prune_inventory(interval) is
'Delete conflicts, closed discrepancies, shadows and emptied items past their time; returns how many.';
