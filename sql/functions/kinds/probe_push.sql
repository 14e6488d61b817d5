-- The subject of a kind stores a request that changes nothing, of another key than some: whether it passes says whether
-- the shop takes anything of the kind. No step: it knows none.
create or replace function sync.probe_push(p_turn sync.turn, p_keys text[]) returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  case p_turn.kind
    when 'inventory' then return query select * from sync.probe_inventory(p_turn, p_keys);
    when 'catalog' then return query select * from sync.probe_catalog(p_turn, p_keys);
    else return;
  end case;
end $$;
comment on function sync.probe_push(sync.turn, text[]) is 'Store a request that changes nothing, if the kind knows one.';
