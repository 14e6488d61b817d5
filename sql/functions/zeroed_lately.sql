-- How many levels more were set to zero than restored in a lane, of late: what is longer ago counts less, by half every
-- half hour.
create or replace function sync.zeroed_lately(p_lane sync.lanes) returns double precision
language sql stable parallel safe
set search_path = ''
return (p_lane).zeroed * 0.5 ^ (
  extract(epoch from greatest(clock_timestamp() - (p_lane).zeroed_at, '0')) / 1800
);
comment on function sync.zeroed_lately(sync.lanes) is
'How many levels more were set to zero than restored in a lane, of late.';
