-- The subject of a kind decides what to send for some keys, and stores it; p_size: entries per request, if not the
-- kind's own number.
create or replace function sync.prepare_push(p_turn sync.turn, p_keys text[], p_size integer default null)
returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  case p_turn.kind
    when 'inventory' then return query select * from sync.prepare_inventory(p_turn, p_keys, p_size);
    when 'catalog' then return query select * from sync.prepare_catalog(p_turn, p_keys);
  end case;
end $$;
comment on function sync.prepare_push(sync.turn, text[], integer) is
'Decide what to send for some keys now and store the requests: steps send, read, held.';
