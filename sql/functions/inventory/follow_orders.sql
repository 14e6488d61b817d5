-- What a new reading of a level says of orders that have not been imported. Shopify tells two numbers, not orders, so
-- of what may have happened that is taken which leaves the least to offer. A fall of available is new orders. What else
-- is missing of what was owed is closed: first what the warehouse knew already. As far as available rose it was
-- cancelled, and its units are free, with as many falls of the shelf that may have been their bookings; the rest was
-- sent. Units sent are booked as far as the shelf has fallen since they were ordered; beyond that they are unbooked.
-- p_is_ours: available is what we set ourselves, and tells nothing.
create or replace function sync.follow_orders(
  p_level sync.levels, p_available integer, p_committed integer, p_read_at timestamptz, p_is_ours boolean
)
returns table (committed_counted integer, fallen integer, unbooked integer, unbooked_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known integer := least(p_level.committed_counted, p_level.committed);
  v_open integer := p_level.committed - v_known;
  v_moved integer := case when p_is_ours then 0 else p_available - p_level.available end;
  v_closed integer := greatest(p_level.committed + greatest(-v_moved, 0) - p_committed, 0);
  v_cancelled integer := least(v_closed, greatest(v_moved, 0));
  v_sent integer;
  v_booked integer;
begin
  committed_counted := greatest(v_known - v_closed, 0);
  v_sent := least(v_closed - v_cancelled, v_closed - (v_known - committed_counted), v_open);
  v_booked := least(v_sent, greatest(p_level.fallen - v_cancelled, 0));
  fallen := least(greatest(p_level.fallen - v_cancelled - v_booked, 0), p_committed - committed_counted);
  unbooked := v_sent - v_booked;
  unbooked_at := p_read_at;
  if p_level.unbooked_at > p_read_at - interval '1 day' then
    unbooked_at := case when unbooked > 0 then p_read_at else p_level.unbooked_at end;
    unbooked := unbooked + p_level.unbooked;
  elsif unbooked = 0 then
    unbooked_at := null;
  end if;
  return next;
end $$;
comment on function sync.follow_orders(sync.levels, integer, integer, timestamptz, boolean) is
'What a new reading of a level says of orders that have not been imported.';
