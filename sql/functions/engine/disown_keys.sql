-- A run is cancelled: what it has made pending is not its own any more. It differs all the same, and goes out as what
-- the warehouse changes does.
create or replace function sync.disown_keys(p_shop_id bigint, p_run_id bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from sync.pending as p
  where p.shop_id = p_shop_id and p.run_id = p_run_id
  order by p.kind, p.key  -- one order everywhere: no deadlock with mark_keys()
  for update;
  update sync.pending as p set run_id = null where p.shop_id = p_shop_id and p.run_id = p_run_id;
end $$;
comment on function sync.disown_keys(bigint, bigint) is 'What a run has made pending is not its own any more.';
