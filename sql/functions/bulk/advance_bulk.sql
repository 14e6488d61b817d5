-- Note what was learned of a bulk operation; null leaves a number as it is. One that has ended stays as it is. Returns
-- the operation as it stands then.
create or replace function sync.advance_bulk(
  p_id bigint, p_state text, p_operation_id bigint default null, p_object_count bigint default null,
  p_root_object_count bigint default null, p_waits_for text default null
)
returns sync.bulk_operations
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.bulk_operations as b
set
  state = p_state,
  operation_id = coalesce(p_operation_id, b.operation_id),
  object_count = coalesce(p_object_count, b.object_count),
  root_object_count = coalesce(p_root_object_count, b.root_object_count),
  waits_for = p_waits_for,
  started_at = case when p_state = 'running' then coalesce(b.started_at, clock_timestamp()) else b.started_at end,
  advanced_at = case
    when row(p_state, coalesce(p_object_count, b.object_count)) = row(b.state, b.object_count) then b.advanced_at
    else clock_timestamp()
  end
where b.id = p_id and b.ended_at is null;
select b from sync.bulk_operations as b where b.id = p_id;
end;
comment on function sync.advance_bulk(bigint, text, bigint, bigint, bigint, text) is
'Note what was learned of a bulk operation; returns it.';
