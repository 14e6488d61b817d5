-- Look at what earlier passes have left, in its order, until so many keys were looked at or this pass has taken half a
-- second. What cannot be read, since its table is locked or reading takes too long, stays for later, and what is of
-- another entity goes on. Returns whether there is more that could go on at once.
create or replace function sync.follow_slices(p_limit integer) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_slice sync.slices;
  v_done integer := 0;
  v_stuck text[] := '{}';
  v_entry text;
begin
  loop
    select s.* into v_slice
    from sync.slices as s
    where s.entity <> all (v_stuck)
      and not exists (
        select from sync.slices as w
        join sync.mapping_faults as f on f.entry = w.waits_for and not f.is_locked
        where w.entity = s.entity
      )
    order by s.id
    limit 1;
    if not found or v_done >= p_limit or (
      v_done > 0 and clock_timestamp() - statement_timestamp() > interval '500 milliseconds'
    ) then
      return found;
    end if;
    begin
      if v_slice.kind is null then
        v_done := v_done + sync.follow_shop(
          v_slice.shop_id, v_slice.entity, v_slice.keys, v_slice.since, v_slice.feeds, p_limit
        );
        delete from sync.slices as s where s.id = v_slice.id;
      elsif v_slice.keys <> '{}' then
        perform sync.mark_changes(
          v_slice.kind, v_slice.shop_id, v_slice.keys, v_slice.since, p_gathers => true
        );
        v_done := v_done + cardinality(v_slice.keys);
        delete from sync.slices as s where s.id = v_slice.id;
      else
        v_done := v_done + sync.release_keys(v_slice.shop_id, v_slice.kind, greatest(p_limit - v_done, 1));
        delete from sync.slices as s
        where s.id = v_slice.id and not exists (
          select from sync.pending as p where p.shop_id = s.shop_id and p.kind = s.kind and p.lane is null
        );
      end if;
      if v_slice.waits_for is not null then
        perform sync.end_wait(v_slice.waits_for);
      end if;
    exception when lock_not_available or query_canceled then
      get stacked diagnostics v_entry = pg_exception_detail;
      perform sync.note_wait(v_slice.id, v_entry, sqlstate, sqlerrm);
      if sqlstate = '57014' then
        return false;  -- the time of this pass is up
      end if;
      v_stuck := v_stuck || v_slice.entity;
    end;
  end loop;
end $$;
comment on function sync.follow_slices(integer) is
'Look at so many of the keys that earlier passes of the relay have left; returns whether there are more.';
