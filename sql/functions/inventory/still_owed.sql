-- Units that lie on the shelf and are not to be offered: of open orders that have not been imported, and of those that
-- were sent, as far as the shelf has not fallen since.
create or replace function sync.still_owed(p_uncounted integer, p_unbooked integer, p_before integer, p_counted integer)
returns integer
language sql immutable
return coalesce(p_uncounted, 0) + greatest(p_unbooked - greatest(coalesce(p_before, p_counted) - p_counted, 0), 0);
comment on function sync.still_owed(integer, integer, integer, integer) is
'Units on the shelf that are sold: of orders not imported, and of those sent and not booked yet.';
