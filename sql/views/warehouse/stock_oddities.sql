-- Stock of the warehouse that cannot be offered as it is: each location that holds some, of products that [products]
-- does not have, and sums that are no number of units to sell.
create or replace view sync.stock_oddities as
with stock as materialized (
  select s.product_key, s.location_key, s.available from sync.read_stock() as s
),

products as materialized (
  select p.product_key, p.sku from sync.read_products() as p
)

select
  'UNMAPPED_LOCATION' as class,
  s.location_key as key,
  null as sku,
  coalesce(l.name, s.location_key) as part,
  format(
    '%s units lie at the warehouse location %s, which is mapped to no location of the shop.',
    sync.whole_units(sum(s.available)), coalesce(l.name, s.location_key)
  ) as message
from stock as s
left join sync.read_locations() as l on s.location_key = l.location_key
where s.available > 0
group by s.location_key, l.name
union all
select
  'UNKNOWN_PRODUCT', s.product_key, null, null,
  format('The warehouse counts %s units of a product that it does not have.', sync.whole_units(sum(s.available)))
from stock as s
where not exists (select from products as p where p.product_key = s.product_key)
group by s.product_key
having sum(s.available) > 0
union all
select
  case
    when coalesce(s.available, 'NaN') = 'NaN' then 'UNCOUNTED_STOCK'
    when s.available < 0 then 'NEGATIVE_STOCK'
    else 'EXCESSIVE_STOCK'
  end,
  s.product_key, p.sku, s.location_key,
  format('The warehouse counts %s units at %s.', coalesce(trim_scale(s.available)::text, 'null'), s.location_key)
from stock as s
inner join products as p on s.product_key = p.product_key
where s.available < 0 or s.available > 1000000000 or s.available is null;
comment on view sync.stock_oddities is
'Stock of the warehouse that cannot be offered as it is, with its class and the reason; a location counts until a shop '
'has mapped it.';
