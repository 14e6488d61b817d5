-- The subject of a kind lets refused keys be tried again that it would not send by itself, since nothing has changed.
create or replace function sync.retry_keys(p_kind text, p_shop_id bigint, p_keys text[]) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  case p_kind
    when 'catalog' then perform sync.forget_failures(p_shop_id, p_keys);
    when 'orders' then perform sync.mark_orders(p_shop_id, p_keys::bigint[]);
    else null;
  end case;
end $$;
comment on function sync.retry_keys(text, bigint, text[]) is 'Let refused keys be tried again though nothing has changed.';
