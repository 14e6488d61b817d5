-- Who writes to each shop, and why nothing may be written there from here: this database is a copy of the one that does
-- (copy); its mark was not seen in the shop within the last minute, since a start, or since somebody else left another
-- (unconfirmed); the shop's levels have to be read first (unread). A shop that is not live has no mark to look for.
create or replace view sync.writer_status as
select
  h.domain as shop,
  h.mode,
  case
    when w.home <> sync.home() then 'copy'
    when w.confirmed_at < clock_timestamp() - interval '1 minute' then 'unconfirmed'
    when w.unread_since is not null then 'unread'
  end as stops,
  w.installation,
  w.confirmed_at,
  w.other,
  w.error,
  w.shop_id
from sync.writers as w
inner join sync.shops as h on w.shop_id = h.id;
comment on view sync.writer_status is
'Who writes to each shop: our name there, since when our mark is confirmed, why nothing may be written from here '
'(copy, unconfirmed, unread; null: nothing is in the way), and what the other writer says of itself.';
