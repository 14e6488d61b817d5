-- The lines of a whole result after some line, in ranges of so many: each is noted by itself, so that no lock is held
-- for long, and whoever takes over goes on where the last one ended.
create or replace function sync.bulk_ranges(p_id bigint, p_after bigint, p_size integer, p_roots boolean default false)
returns table (first bigint, last bigint, lines bigint)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select min(n.line), max(n.line), count(*)
from (
  select l.line, (row_number() over (order by l.line) - 1) / p_size as place
  from sync.bulk_lines as l
  inner join sync.bulk_operations as b on l.download = b.download
  where b.id = p_id and l.line > p_after and (not p_roots or l.parent is null)
) as n
group by n.place
order by n.place;
end;
comment on function sync.bulk_ranges(bigint, bigint, integer, boolean) is
'The lines of a whole result after some line, or its roots, in ranges of so many.';
