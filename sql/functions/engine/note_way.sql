-- Note which way a run works, by single calls or by bulk operations, and why: once for each thing that it does.
create or replace function sync.note_way(p_run_id bigint, p_way text) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.runs as r
set way = concat_ws('; ', r.way, p_way)
where r.id = p_run_id and coalesce(strpos(r.way, p_way), 0) = 0;
end;
comment on function sync.note_way(bigint, text) is 'Note which way a run works, and why.';
