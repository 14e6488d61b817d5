-- Whether a kind travels to a shop at all: what somebody has to ask for first does not until then.
create or replace function sync.is_followed(p_kind text, p_shop_id bigint) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select case p_kind
  when 'catalog' then exists (select from sync.catalogs as c where c.shop_id = p_shop_id)
  when 'orders' then exists (select from sync.order_policies as p where p.shop_id = p_shop_id)
  else true
end;
end;
comment on function sync.is_followed(text, bigint) is 'Whether a kind travels to a shop at all.';
