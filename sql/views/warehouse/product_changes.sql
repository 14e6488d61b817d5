-- Every captured change that concerns a product, as far back as the change log is kept.
create or replace view sync.product_changes as
select
  c.id,
  c.product_key,
  p.sku,
  p.title,
  c.relation,
  c.op,
  c.changed_at,
  c.relayed_at,
  c.xid::text as transaction
from sync.moved_products as c
left join sync.read_products() as p on c.product_key = p.product_key;
comment on view sync.product_changes is
'Captured changes that concern a product. A bulk change, which stands for all products, is not among them.';
