-- The products of every captured change, as far back as the change log is kept.
create or replace view sync.moved_products as
select c.id, c.product_key, w.relation, c.op, c.changed_at, c.relayed_at, c.xid
from (
  select id, key as product_key, watch, op, changed_at, relayed_at, xid from sync.change_log where key is not null
  union all
  select id, old_key, watch, op, changed_at, relayed_at, xid from sync.change_log where old_key is not null
) as c
inner join sync.watches as w
  on c.watch = w.watch and w.entity = 'product' and (not w.is_translated or c.op = 'related');
comment on view sync.moved_products is 'The products of every captured change; those of a bulk change are not named.';
