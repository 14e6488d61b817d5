-- The product that a request was answered with is the group's from now on, and its variants are those that were sent:
-- told by their ids, or their option values, never by their SKUs.
create or replace function sync.note_product(p_request sync.requests, p_product json) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_group text := p_request.keys[1];
  v_id bigint := sync.gid_number(p_product ->> 'id');
  v_tick bigint := nextval('sync.ticks');
  v_digits integer;
  v_left text := p_request.variables #>> '{product,status}';
  v_keys text[];
begin
  select sync.currency_digits(h.currency) into v_digits from sync.shops as h where h.id = p_request.shop_id;
  if not exists (
    select from sync.field_writes as w where w.request_id = p_request.id and w.fields <> '{}'
  ) then
    -- The status that it leaves with: nothing that the warehouse says. Without one it was asked for nothing.
    update sync.product_links as k
    set state = 'left', changed_at = now()
    where k.shop_id = p_request.shop_id and k.group_key = v_group and v_left is not null;
  else
    insert into sync.product_links as k (shop_id, group_key, product_id, state)
    values (p_request.shop_id, v_group, v_id, 'ok')
    on conflict (shop_id, group_key) do update
    set product_id = excluded.product_id, state = 'ok', reason = null, changed_at = now()
    where k.product_id is distinct from excluded.product_id or k.state <> 'ok';
  end if;

  insert into sync.catalog_variants as m (shop_id, variant_id, product_key, group_key)
  select p_request.shop_id, sync.gid_number(v.node ->> 'id'), w.key, v_group
  from json_array_elements(p_product #> '{variants,nodes}') as v (node)
  join sync.field_writes as w
    on w.request_id = p_request.id and w.entity = 'variant'
    and w.fields -> 'optionValues' = sync.shown_variant(v.node, v_digits) -> 'optionValues'
  on conflict (shop_id, variant_id) do update
  set product_key = excluded.product_key, group_key = excluded.group_key
  where row(m.product_key, m.group_key) is distinct from row(excluded.product_key, excluded.group_key);

  insert into sync.catalog_media as m (shop_id, group_key, url, media_id, status)
  select
    p_request.shop_id, v_group, f.file ->> 'originalSource', sync.gid_number(n.node ->> 'id'), n.node ->> 'status'
  from json_array_elements(p_request.variables #> '{input,files}') with ordinality as f (file, place)
  join json_array_elements(p_product #> '{media,nodes}') with ordinality as n (node, place) on n.place = f.place
  where f.file ->> 'originalSource' is not null
  on conflict (shop_id, group_key, url) do update
  set media_id = excluded.media_id, status = excluded.status, problem = null;

  perform sync.record_products(p_request.shop_id, v_tick, json_build_array(p_product));
  perform sync.link_variants(p_request.shop_id, array[v_group]);
end $$;
comment on function sync.note_product(sync.requests, json) is 'Note the product that a request was answered with.';
