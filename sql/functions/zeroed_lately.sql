-- How many levels more were set to zero than restored, of late: what is longer ago counts less, by half every
-- half hour.
create or replace function sync.zeroed_lately(p_guard sync.guards) returns double precision
language sql stable parallel safe
set search_path = ''
return (p_guard).zeroed * 0.5 ^ (
  extract(epoch from greatest(clock_timestamp() - (p_guard).zeroed_at, '0')) / 1800
);
comment on function sync.zeroed_lately(sync.guards) is
'How many levels more were set to zero than restored, of late.';
