-- Why nothing of a kind may be packed for a shop now: the shop is off, what the kind is computed from cannot be read,
-- its guard holds the kind, or this database may not write there (writing_stops). Null: nothing is in the way.
create or replace function sync.held_back(p_shop_id bigint, p_kind text) returns text
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select
  case
    when h.mode = 'off' then 'off'
    when exists (select from sync.mapping_faults as f where f.entry = any(k.reads)) then 'mapping'
    when h.mode = 'live' and g.held_at is not null then 'guard'
    when h.mode = 'live' then sync.writing_stops(h.id)
  end
from sync.shops as h
inner join sync.kinds as k on k.kind = p_kind
left join sync.guards as g on h.id = g.shop_id and g.kind = p_kind
where h.id = p_shop_id;
end;
comment on function sync.held_back(bigint, text) is
'Why nothing of a kind may be packed for a shop now: off, mapping, guard, or as writing_stops(); null if nothing is in the way.';
