-- Every captured change of a product and its items, as far back as the change log is kept.
create or replace view sync.product_changes as
select
  c.id,
  c.product_key,
  p.sku,
  p.title,
  c.entity,
  c.op,
  c.changed_at,
  c.relayed_at,
  c.xid::text as transaction
from (
  select id, key as product_key, entity, op, changed_at, relayed_at, xid from sync.change_log
  where entity in ('item', 'product') and key is not null
  union all
  select id, old_key, entity, op, changed_at, relayed_at, xid from sync.change_log
  where entity in ('item', 'product') and old_key is not null
) as c
left join sync.source_products as p on c.product_key = p.product_key;
comment on view sync.product_changes is
'Captured changes of products and their items. A bulk change, which stands for all products, is not among them.';
