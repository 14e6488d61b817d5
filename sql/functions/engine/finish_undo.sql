-- An undo has sent what it could: note what it has come to, of all kinds that the run has written.
create or replace function sync.finish_undo(p_run_id bigint, p_undo_id bigint)
returns table (written integer, restored integer, refused integer, changed integer, parts text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  select
    coalesce(sum(c.written), 0), coalesce(sum(c.restored), 0), coalesce(sum(c.refused), 0), coalesce(sum(c.changed), 0),
    string_agg(k.parts, ' and ' order by k.kind desc)
  into written, restored, refused, changed, parts
  from sync.kinds as k
  cross join lateral sync.count_undone(k.kind, p_run_id, p_undo_id) as c
  where sync.objects_written(k.kind, p_run_id) <> '{}';
  update sync.runs as u
  set
    state = 'succeeded', finished_at = now(), done = restored, total = written,
    result = jsonb_build_object(
      'run', p_run_id, 'written', written, 'restored', restored, 'refused', refused, 'changed', changed
    )
  where u.id = p_undo_id;
  return next;
end $$;
comment on function sync.finish_undo(bigint, bigint) is
'What an undo has come to: parts (called so) the run had written, restored, refused, and left because they have changed since.';
