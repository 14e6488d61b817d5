-- A shop's catalogue follows the warehouse from now on, or in another way than before; null leaves a choice as it is.
-- What the shop has already is adopted: that writes nothing. What differs then becomes pending. Returns how many
-- products were adopted.
create or replace function sync.follow_catalog(
  p_shop_id bigint, p_on_delete text default null, p_publications bigint[] default null,
  p_price_factor numeric default null, p_adopt_by text default null
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_adopted integer;
begin
  insert into sync.catalogs as c (shop_id, on_delete, publications, price_factor, adopt_by)
  values (
    p_shop_id, coalesce(p_on_delete, 'archive'), coalesce(p_publications, '{}'),
    coalesce(p_price_factor, 5), coalesce(p_adopt_by, 'sku')
  )
  on conflict (shop_id) do update
  set
    on_delete = coalesce(p_on_delete, c.on_delete),
    publications = coalesce(p_publications, c.publications),
    price_factor = coalesce(p_price_factor, c.price_factor),
    adopt_by = coalesce(p_adopt_by, c.adopt_by);
  perform sync.furnish_shops();
  v_adopted := sync.adopt_groups(p_shop_id, null);
  perform sync.note_event(
    p_shop_id, 'catalog_followed', '', format('The catalogue follows the warehouse; %s products were adopted.', v_adopted),
    to_jsonb(c) - 'shop_id'
  )
  from sync.catalogs as c where c.shop_id = p_shop_id;
  return v_adopted;
end $$;
comment on function sync.follow_catalog(bigint, text, bigint[], numeric, text) is
'Let a shop''s catalogue follow the warehouse; returns how many of its products were adopted.';
