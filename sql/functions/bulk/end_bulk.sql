-- A bulk operation has ended: what it said is noted, or p_problem says why it has no result. Its lines are no more.
create or replace function sync.end_bulk(p_id bigint, p_problem text) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with gone as (
  delete from sync.bulk_lines as l
  using sync.bulk_operations as b
  where b.id = p_id and l.download = b.download
)

update sync.bulk_operations as b
set
  state = case when p_problem is null then 'done' else 'failed' end,
  problem = p_problem,
  waits_for = null,
  ended_at = clock_timestamp()
where b.id = p_id and b.ended_at is null;
end;
comment on function sync.end_bulk(bigint, text) is 'A bulk operation has ended: its result is noted, or it has none.';
