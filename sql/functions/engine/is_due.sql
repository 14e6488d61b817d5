-- Whether a moment has come that was set at most p_within ahead: one further off was set before the clock was put back.
-- Without a search_path, that it may be inlined.
create or replace function sync.is_due(p_moment timestamptz, p_within interval) returns boolean
language sql volatile parallel safe
return p_moment <= pg_catalog.clock_timestamp() or p_moment > pg_catalog.clock_timestamp() + p_within;
comment on function sync.is_due(timestamptz, interval) is
'Whether a moment has come that was set at most so far ahead, whatever became of the clock since.';
