-- The lane in which a key travels, 0 to 3. Changing it moves keys between lanes: stop all runners first.
create or replace function sync.lane_of(p_key text) returns smallint
language sql immutable strict parallel safe
return (pg_catalog.hashtextextended(p_key, 0) & 3)::smallint;
comment on function sync.lane_of(text) is 'The lane in which a key travels, 0 to 3.';
