-- Every conflict of a field, with what both sides said and how it was decided; the newest last.
create or replace view sync.field_conflict_status as
select
  c.id,
  h.domain as shop,
  c.entity,
  c.key,
  k.sku,
  c.field,
  c.base,
  c.ours,
  c.theirs,
  c.theirs_at,
  c.rule,
  coalesce(c.outcome, 'open') as outcome,
  c.value,
  c.decided_by,
  c.found_at,
  c.decided_at,
  c.written_at,
  c.write_error
from sync.field_conflicts as c
inner join sync.shops as h on c.shop_id = h.id
left join sync.links as k on c.shop_id = k.shop_id and c.key = k.product_key;
comment on view sync.field_conflict_status is
'Fields that both sides had agreed on and the shop has changed: base, ours, theirs, the rule, and how it was decided.';
