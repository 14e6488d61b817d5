-- Some products of a shop by how many variants and media to ask for, in few sizes, a little more than is known of them.
create or replace function sync.product_sizes(p_shop_id bigint, p_products bigint[])
returns table (variants integer, media integer, products bigint[])
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with known as (
  select
    p.id,
    count(v.variant_id) as variants,
    -- What was sent may not have been seen yet.
    greatest(max(cardinality(k.media)), max(jsonb_array_length(b.ours -> 'media')), 0) as media
  from unnest(p_products) as p (id)
  left join sync.variants as v on v.shop_id = p_shop_id and p.id = v.product_id
  left join sync.product_links as k on k.shop_id = p_shop_id and p.id = k.product_id
  left join sync.field_bases as b
    on b.shop_id = k.shop_id and b.entity = 'product' and k.group_key = b.key
  group by p.id
),

sized as (
  select
    k.id,
    case
      when k.variants <= 1 then 1 when k.variants <= 10 then 10 when k.variants <= 50 then 50 else 250
    end as variants,
    case when k.media <= 1 then 1 when k.media <= 10 then 10 else 250 end as media
  from known as k
)

select s.variants, s.media, array_agg(s.id order by s.id) from sized as s group by s.variants, s.media;
end;
comment on function sync.product_sizes(bigint, bigint[]) is
'Some products of a shop by how many variants and media to ask for.';
