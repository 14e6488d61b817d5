-- The lane in which a key travels, of so many. Changing it moves keys between lanes: stop all runners first.
create or replace function sync.lane_of(p_key text, p_lanes integer) returns smallint
language sql immutable strict parallel safe
return (pg_catalog.hashtextextended(p_key, 0) & (p_lanes - 1))::smallint;
comment on function sync.lane_of(text, integer) is 'The lane in which a key travels, from 0.';
