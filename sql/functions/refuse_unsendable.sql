-- Refuse what needs no call to be refused: items that Shopify does not track, stock at warehouse locations
-- that are mapped to no Shopify location. Runs at the start of every plan.
create or replace function sync.refuse_unsendable(p_shop_id bigint, p_job_id bigint, p_keys text [])
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform sync.refuse(
    p_shop_id, k.product_key, null, 'UNTRACKED',
    format('Shopify does not track the inventory of SKU %s.', k.sku),
    'In the Shopify admin open the variant, switch on "Track quantity", then run: shelfwire link',
    p_job_id, null
  )
  from sync.links as k
  join sync.variants as v on v.shop_id = k.shop_id and v.variant_id = k.variant_id
  where k.shop_id = p_shop_id and k.product_key = any (p_keys) and k.state = 'ok' and not v.tracked;

  perform sync.refuse(
    p_shop_id, s.product_key, null, 'UNMAPPED_LOCATION',
    format('%s units lie at warehouse location %s, which is mapped to no location of the shop.', s.available, s.location_key),
    format('Run: shelfwire shop map %s %s=LOCATION (or =none to keep this stock out of the shop)', h.domain, s.location_key),
    p_job_id, null
  )
  from sync.read_stock(p_keys) as s
  join sync.links as k on k.shop_id = p_shop_id and k.product_key = s.product_key and k.state = 'ok'
  join sync.shops as h on h.id = p_shop_id
  where s.available > 0 and not exists (
    select from sync.shop_locations as m where m.shop_id = p_shop_id and m.location_key = s.location_key
  );
end $$;
comment on function sync.refuse_unsendable(bigint, bigint, text []) is
'Refuse untracked items and stock at unmapped locations without asking Shopify.';
