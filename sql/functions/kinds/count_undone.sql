-- What an undo has come to for a kind, whose keys are pending again.
create or replace function sync.count_undone(p_kind text, p_run_id bigint, p_undo_id bigint)
returns table (written integer, restored integer, refused integer, changed integer)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  case p_kind
    when 'inventory' then return query select * from sync.count_restored(p_run_id, p_undo_id);
    when 'catalog' then return query select * from sync.count_restored_products(p_run_id, p_undo_id);
    else return;
  end case;
end $$;
comment on function sync.count_undone(text, bigint, bigint) is
'What an undo has come to for a kind: parts the run had written, restored, refused, and left as they have changed since.';
