-- The subject of a kind stores the requests that restore what a run has written, where Shopify still holds it as just
-- read. The kind is held first, or the next push would undo the undoing. May be repeated: what is restored already, or
-- refused, is not stored again.
create or replace function sync.restore_run(p_kind text, p_run_id bigint, p_undo_id bigint) returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.hold_kind(
    u.shop_id,
    p_kind,
    format('Run %s was undone: Shopify holds what it held before, the warehouse says otherwise.', p_run_id),
    jsonb_build_object('run', p_run_id, 'undo', p_undo_id)
  )
  from sync.runs as u where u.id = p_undo_id;
  return case p_kind
    when 'inventory' then sync.restore_levels(p_run_id, p_undo_id)
    when 'catalog' then sync.restore_products(p_run_id, p_undo_id)
    else 0
  end;
end $$;
comment on function sync.restore_run(text, bigint, bigint) is
'Store the requests that restore what a run has written of a kind, and hold it; returns how many parts.';
