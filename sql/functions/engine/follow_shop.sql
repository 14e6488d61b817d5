-- What changed keys of an entity mean for a shop: links follow, then each kind is asked that is computed from what may
-- read otherwise by it (p_feeds, entries of the mapping; null: any). What would be too many for one pass becomes
-- slices, one after another. Returns how many keys were looked at or sliced.
create or replace function sync.follow_shop(
  p_shop_id bigint, p_entity text, p_keys text[], p_since timestamptz[], p_feeds text[], p_limit integer
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_linked text[] := '{}';
  v_kind text;
  v_keys text[];
  v_since timestamptz[];
  v_done integer := 0;
begin
  if p_feeds is null or 'products' = any (p_feeds) then
    v_linked := sync.follow_links(p_shop_id, p_entity, p_keys);
  end if;
  for v_kind in
    select k.kind from sync.kinds as k
    where k.entity = p_entity and (p_feeds is null or k.reads && p_feeds)
    order by k.kind
  loop
    if p_keys is null then
      v_keys := sync.keys_of(v_kind, p_shop_id);
      v_since := array_fill(p_since[1], array[coalesce(cardinality(v_keys), 1)]);
    else
      v_keys := p_keys || v_linked;
      v_since := p_since || array_fill(p_since[1], array[cardinality(v_linked)]);
    end if;
    if cardinality(v_keys) > p_limit then
      perform sync.slice_keys(p_shop_id, v_kind, v_keys, v_since, p_limit);
    else
      perform sync.mark_changes(v_kind, p_shop_id, v_keys, v_since);
    end if;
    v_done := v_done + coalesce(cardinality(v_keys), 0);
  end loop;
  return v_done;
end $$;
comment on function sync.follow_shop(bigint, text, text[], timestamptz[], text[], integer) is
'Note for a shop what changed keys of an entity mean, all keys if null; returns how many there were.';
