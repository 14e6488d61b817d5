-- A result is about to be fetched: lines of earlier tries are no more. Returns the number that its lines are to bear.
create or replace function sync.begin_download(p_id bigint) returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with earlier as (
  delete from sync.bulk_lines as l
  using sync.bulk_operations as b
  where b.id = p_id and l.download = b.download
)

update sync.bulk_operations as b set download = nextval('sync.ticks') where b.id = p_id
returning b.download;
end;
comment on function sync.begin_download(bigint) is 'A result is about to be fetched; returns the number of its lines.';
