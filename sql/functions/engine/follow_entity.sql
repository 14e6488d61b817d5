-- Some keys of an entity may have changed, all if null: what that means for every shop. More than a pass may look at
-- becomes slices, and so does what cannot be read now; while something of the entity waits for that, all else of it
-- waits behind, so that a pass finds a lock once.
create or replace function sync.follow_entity(
  p_entity text, p_keys text[], p_since timestamptz[], p_feeds text[], p_limit integer
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shops bigint[] := array(select h.id from sync.shops as h where h.linked_at is not null order by h.id);
  v_shop_id bigint;
  v_entry text;
begin
  if cardinality(p_keys) * cardinality(v_shops) <= p_limit and not exists (
    select from sync.slices as s where s.entity = p_entity and s.waits_since is not null
  ) then
    begin
      foreach v_shop_id in array v_shops loop
        perform sync.follow_shop(v_shop_id, p_entity, p_keys, p_since, p_feeds, p_limit);
      end loop;
      return;
    exception when lock_not_available or query_canceled then
      get stacked diagnostics v_entry = pg_exception_detail;
      if v_entry not in ('products', 'images', 'locations', 'stock', 'watch') then
        raise;
      elsif sqlstate = '57014' then
        perform sync.note_fault(v_entry, 'reading was broken off, as it held up the relay for too long');
      end if;
    end;
  end if;
  insert into sync.slices as s (shop_id, entity, feeds, keys, since, waits_for, waits_since)
  select h.id, p_entity, p_feeds, p_keys, p_since, v_entry, case when v_entry <> '' then clock_timestamp() end
  from unnest(v_shops) as h (id)
  on conflict (shop_id, entity) where kind is null and keys is null do update
  set feeds = case when s.feeds is not null and excluded.feeds is not null then s.feeds || excluded.feeds end;
end $$;
comment on function sync.follow_entity(text, text[], timestamptz[], text[], integer) is
'Note for every shop what changed keys of an entity mean, all keys if null, now or in later passes.';
