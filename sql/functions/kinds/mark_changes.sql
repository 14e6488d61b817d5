-- The subject of a kind decides which of some changed keys must be pushed to a shop. No keys: nobody knows which have
-- changed, look at all. p_gathers: they are a slice of many (mark_keys). A kind that is missing here fails aloud: its
-- changes would be lost.
create or replace function sync.mark_changes(
  p_kind text, p_shop_id bigint, p_keys text[], p_since timestamptz[], p_run_id bigint default null,
  p_cleared boolean default false, p_gathers boolean default false
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  case p_kind
    when 'inventory' then return sync.mark_inventory(p_shop_id, p_keys, p_since, p_run_id, p_cleared, p_gathers);
    -- Nothing of the warehouse makes an order.
    when 'orders' then return 0;
    when 'catalog' then return sync.mark_catalog(p_shop_id, p_keys, p_since, p_run_id, p_cleared, p_gathers);
  end case;
end $$;
comment on function sync.mark_changes(text, bigint, text[], timestamptz[], bigint, boolean, boolean) is
'Note which of some changed keys must be pushed to a shop, all keys if null; returns how many.';
