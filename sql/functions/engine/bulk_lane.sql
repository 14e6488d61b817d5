-- The lane in which bulk operations push a kind: the one behind those of its keys.
create or replace function sync.bulk_lane(p_kind text) returns integer
language sql stable
return (select k.lanes from sync.kinds as k where k.kind = p_kind);
comment on function sync.bulk_lane(text) is 'The lane in which bulk operations push a kind.';
