-- Whether the lines of a download are the whole result: as many, and as many roots, as Shopify has counted. Then the
-- operation is whole; null. If not: what is wrong, in words.
create or replace function sync.judge_download(p_id bigint, p_download bigint) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operation sync.bulk_operations;
  v_lines bigint;
  v_roots bigint;
begin
  select b.* into strict v_operation from sync.bulk_operations as b where b.id = p_id for update;
  if v_operation.download is distinct from p_download then
    return 'another process fetches it';
  end if;
  select count(*), count(*) filter (where l.parent is null) into v_lines, v_roots
  from sync.bulk_lines as l where l.download = p_download;
  if v_lines <> v_operation.object_count or v_roots <> v_operation.root_object_count then
    return format(
      '%s lines and %s roots came of %s and %s', v_lines, v_roots, v_operation.object_count,
      v_operation.root_object_count
    );
  end if;
  update sync.bulk_operations as b set state = 'whole', advanced_at = clock_timestamp() where b.id = p_id;
  return null;
end $$;
comment on function sync.judge_download(bigint, bigint) is
'Whether a download is the whole result; null, or what is wrong with it.';
