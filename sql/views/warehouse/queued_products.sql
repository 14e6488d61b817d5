-- The products of what the relay has not taken yet, once for each change; no product: any may have changed.
create or replace view sync.queued_products as
select c.product_key
from sync.queued_changes as q
inner join sync.watches as w on q.watch = w.watch
cross join lateral unnest(
  case when q.is_whole then array[null] else array_remove(array[q.key, q.old_key], null) end
) as c (product_key)
where w.entity = 'product' and (not w.is_translated or q.is_whole)
union all
select t.key
from sync.queued_changes as q
inner join sync.watches as w on q.watch = w.watch
cross join lateral sync.translate_keys(w.watch, array_remove(array[q.key, q.old_key], null)) as t (key)
where w.entity = 'product' and w.is_translated and not q.is_whole
union all
select t.key
from sync.slices as s
cross join lateral unnest(coalesce(s.keys, array[null])) as t (key)
where s.entity = 'product';
comment on view sync.queued_products is
'The products that changes waiting for the relay concern; null: any may have changed.';
