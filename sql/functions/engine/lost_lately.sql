-- How many parts more were lost than regained in a lane, of late: what is longer ago counts less, by half every half
-- hour. Without a search_path, and of the statement's time, that it may be inlined: it is asked at every push.
create or replace function sync.lost_lately(p_lane sync.lanes) returns double precision
language sql stable parallel safe
return (p_lane).lost * 0.5 ^ (
  extract(epoch from greatest(pg_catalog.statement_timestamp() - (p_lane).lost_at, '0')) / 1800
);
comment on function sync.lost_lately(sync.lanes) is 'How many parts more were lost than regained in a lane, of late.';
