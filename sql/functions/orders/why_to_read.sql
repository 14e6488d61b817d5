-- Why an order must be read although a webhook has told of it; null: what it told is all.
create or replace function sync.why_to_read(p_heard sync.heard_orders) returns text
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select case
  when (p_heard).heard is null then (p_heard).topic || ' does not carry it'
  when jsonb_typeof((p_heard).heard -> 'location_id') = 'number' then null
  when exists (
    select from jsonb_array_elements((p_heard).heard -> 'lines') as l
    inner join sync.variants as v
      on v.shop_id = (p_heard).shop_id and v.variant_id = (l ->> 'variant_id')::bigint
    inner join sync.levels as e on e.shop_id = v.shop_id and e.inventory_item_id = v.inventory_item_id
    group by l
    having count(*) > 1
  ) then 'an item of it is stocked at several locations'
end;
end;
comment on function sync.why_to_read(sync.heard_orders) is 'Why an order must be read although a webhook has told of it.';
