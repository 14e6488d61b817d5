-- What Shopify holds otherwise than we do, and nobody has put right or decided yet: levels, and fields that both sides
-- have changed and a person has to decide. place: a location, or the field.
create or replace view sync.open_conflicts as
select
  c.shop, c.kind, 'product' as entity, c.product_key as key, c.sku, c.location as place, c.expected::text as ours,
  c.found::text as theirs, c.cause, c.found_at
from sync.open_level_conflicts as c
union all
select
  c.shop, 'catalog' as kind, c.entity, c.key, c.sku, c.field as place, c.ours #>> '{}' as ours,
  c.theirs #>> '{}' as theirs, 'a person has to decide' as cause, c.found_at
from sync.field_conflict_status as c
where c.outcome = 'open';
comment on view sync.open_conflicts is
'Levels, and fields of products, that Shopify holds otherwise than we do and that nobody has put right or decided yet.';
