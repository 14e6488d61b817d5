-- The guard of a kind, with its parts counted: not more often than once a minute, for that takes a while. Present is
-- also what was lost lately.
create or replace function sync.count_guarded(p_shop_id bigint, p_kind text) returns sync.guards
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_guard sync.guards;
begin
  update sync.guards as g
  set (parts, present, counted_at) = (
    select
      c.parts,
      c.present + ceil((
        select coalesce(sum(sync.lost_lately(l)), 0) from sync.lanes as l
        where l.shop_id = p_shop_id and l.kind = p_kind
      )),
      clock_timestamp()
    from sync.count_parts(p_kind, p_shop_id) as c
  )
  where g.shop_id = p_shop_id and g.kind = p_kind
    and (g.counted_at is null or g.counted_at < clock_timestamp() - interval '1 minute');
  select g.* into strict v_guard from sync.guards as g where g.shop_id = p_shop_id and g.kind = p_kind;
  return v_guard;
end $$;
comment on function sync.count_guarded(bigint, text) is
'The guard of a kind, with its parts counted within the last minute.';
