-- Try once more to write into the warehouse what could not be: while the conflict is the last of its field, and the
-- warehouse says what it said then. Returns how many could not be again.
create or replace function sync.return_conflicts(p_shop_id bigint) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids bigint[];
begin
  -- The warehouse has moved on.
  update sync.field_conflicts as c set write_error = null
  from sync.field_bases as b
  where c.shop_id = p_shop_id and c.write_error is not null and b.shop_id = c.shop_id and b.entity = c.entity
    and b.key = c.key and b.ours -> c.field is distinct from c.ours and c.written_at is null;
  v_ids := array(
    select c.id
    from sync.field_conflicts as c
    join sync.field_bases as b
      on b.shop_id = c.shop_id and b.entity = c.entity and b.key = c.key and b.ours -> c.field = c.ours
    where c.shop_id = p_shop_id and c.write_error is not null
      -- What has changed meanwhile is judged first.
      and not sync.is_pending(c.shop_id, c.entity, c.key)
      and not exists (
      select from sync.field_conflicts as n
      where n.shop_id = c.shop_id and n.entity = c.entity and n.key = c.key and n.field = c.field and n.id > c.id
    )
    order by c.id
  );
  perform sync.return_conflict(i.id) from unnest(v_ids) as i (id);
  return (select count(*) from sync.field_conflicts as c where c.id = any (v_ids) and c.write_error is not null);
end $$;
comment on function sync.return_conflicts(bigint) is
'Try once more to write into the warehouse what could not be; returns how many could not be again.';
