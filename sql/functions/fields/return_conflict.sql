-- A conflict was decided for the shop: the warehouse gets its value, where the mapping lets us write it. What the
-- warehouse refuses, or a row that somebody holds, is noted with the conflict, and tried again with the next look.
create or replace function sync.return_conflict(p_id bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_conflict sync.field_conflicts;
  v_rows integer;
  v_error text;
begin
  select c.* into strict v_conflict from sync.field_conflicts as c where c.id = p_id;
  begin
    v_rows := sync.write_object(v_conflict.entity, v_conflict.key, v_conflict.field, v_conflict.theirs);
    if v_rows is null then
      return;
    elsif v_rows = 0 then
      v_error := 'The statement has changed no row.';
    end if;
  exception when others then
    v_error := sqlerrm;
  end;
  -- What an earlier one could not write is past.
  update sync.field_conflicts as c set write_error = null
  where c.shop_id = v_conflict.shop_id and c.entity = v_conflict.entity and c.key = v_conflict.key
    and c.field = v_conflict.field and c.id < p_id and c.write_error is not null;
  update sync.field_conflicts as c
  set written_at = case when v_error is null then clock_timestamp() end, write_error = v_error
  where c.id = p_id;
end $$;
comment on function sync.return_conflict(bigint) is
'Write the value of a shop into the warehouse, where a conflict was decided for the shop.';
