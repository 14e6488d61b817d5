-- One row per shop: the points that are left now, and whether Shopify has throttled calls of late.
create or replace view sync.budget_status as
select
  h.domain as shop,
  sync.budget_level(b) as points,
  b.capacity,
  b.restore_rate,
  (
    select count(*) from sync.calls as c
    where
      c.shop_id = b.shop_id and c.error_class = 'THROTTLED' and c.at > clock_timestamp() - interval '10 minutes'
  ) as throttled
from sync.budgets as b
inner join sync.shops as h on b.shop_id = h.id;
comment on view sync.budget_status is
'One row per shop: the points of its cost budget that are left now, and calls throttled within ten minutes.';
