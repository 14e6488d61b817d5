-- The most parts that changed within one minute: a backlog of hours is not one stroke.
create or replace function sync.one_stroke(p_since timestamptz[], p_moves integer[]) returns integer
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce(max(s.moves), 0)::integer from (
  select sum(sum(f.moves)) over (
    order by date_trunc('second', f.since) range between interval '1 minute' preceding and current row
  ) as moves
  from unnest(p_since, p_moves) as f (since, moves)
  group by date_trunc('second', f.since)
) as s;
end;
comment on function sync.one_stroke(timestamptz[], integer[]) is 'The most parts that changed within one minute.';
