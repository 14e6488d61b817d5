-- Stock of the warehouse that cannot be offered as it is: each location that holds some, of products that [products]
-- does not have, and sums that are no number of units to sell.
create or replace view sync.stock_oddities as
with stock as materialized (
  select s.product_key, s.location_key, s.available from sync.read_stock() as s
),

places as (
  select s.location_key, sync.whole_units(sum(s.available)) as units from stock as s
  where s.available > 0
  group by s.location_key
),

judged as (
  select
    s.product_key, s.location_key, s.available,
    sync.stock_class(s.product_key in (select p.product_key from sync.read_products() as p), s.available) as class
  from stock as s
),

odd as materialized (
  select j.* from judged as j
  where j.class is not null
)

select
  'UNMAPPED_LOCATION' as class,
  s.location_key as key,
  null as sku,
  coalesce(l.name, s.location_key) as part,
  format(
    '%s units lie at the warehouse location %s, which is mapped to no location of the shop.',
    s.units, coalesce(l.name, s.location_key)
  ) as message
from places as s
left join sync.read_locations() as l on s.location_key = l.location_key
union all
select
  s.class, s.product_key, null as sku, null as part,
  format('The warehouse counts %s units of a product that it does not have.', sync.whole_units(sum(s.available)))
from odd as s
where s.class = 'UNKNOWN_PRODUCT'
group by s.class, s.product_key
union all
select
  s.class, s.product_key, p.sku, s.location_key,
  format('The warehouse counts %s units at %s.', coalesce(trim_scale(s.available)::text, 'null'), s.location_key)
from odd as s
inner join sync.read_products(array(select o.product_key from odd as o)) as p on s.product_key = p.product_key;
comment on view sync.stock_oddities is
'Stock of the warehouse that cannot be offered as it is, with its class and the reason; a location counts until a shop '
'has mapped it.';
