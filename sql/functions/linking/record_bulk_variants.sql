-- Note some lines of a bulk operation that has read a shop's variants with their levels (BulkVariants.graphql): each
-- line is a variant, or a level that names its item itself. What was acknowledged or read since it began stands.
create or replace function sync.record_bulk_variants(p_id bigint, p_first bigint, p_last bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operation sync.bulk_operations;
  v_variants json;
  v_levels json;
begin
  select b.* into strict v_operation from sync.bulk_operations as b where b.id = p_id;
  select
    json_agg(json_build_object(
      'variant_id', sync.gid_number(l.node ->> 'id'), 'product_id', sync.gid_number(l.node #>> '{product,id}'),
      'inventory_item_id', sync.gid_number(l.node #>> '{inventoryItem,id}'), 'sku', l.node ->> 'sku',
      'title', l.node ->> 'displayName', 'tracked', l.node #> '{inventoryItem,tracked}',
      'barcode', l.node ->> 'barcode', 'handle', l.node #>> '{product,handle}'
    )) filter (where l.parent is null),
    json_agg(json_build_object(
      'inventory_item_id', substring(l.node ->> 'id', 'inventory_item_id=([0-9]+)')::bigint,
      'location_id', sync.gid_number(l.node #>> '{location,id}'), 'available', q.available, 'committed', q.committed
    )) filter (where l.parent is not null)
  into v_variants, v_levels
  from sync.bulk_lines as l
  left join lateral (
    select
      max(n.quantity) filter (where n.name = 'available') as available,
      max(n.quantity) filter (where n.name = 'committed') as committed
    from json_to_recordset(l.node -> 'quantities') as n (name text, quantity integer)
  ) as q on l.parent is not null
  where l.download = v_operation.download and l.line between p_first and p_last;
  if v_variants is not null then
    perform sync.record_variants(v_operation.shop_id, v_operation.tick, v_variants);
  end if;
  if v_levels is not null then
    perform sync.record_levels(v_operation.shop_id, v_operation.tick, '{}', v_levels);
  end if;
end $$;
comment on function sync.record_bulk_variants(bigint, bigint, bigint) is
'Note some lines of a bulk operation that has read a shop''s variants with their levels.';
