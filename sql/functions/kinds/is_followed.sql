-- Whether a kind travels to a shop at all: what somebody has to ask for first does not until then.
create or replace function sync.is_followed(p_kind text, p_shop_id bigint) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select p_kind <> 'catalog' or exists (select from sync.catalogs as c where c.shop_id = p_shop_id);
end;
comment on function sync.is_followed(text, bigint) is 'Whether a kind travels to a shop at all.';
