-- Note what a shop has said of itself just now.
create or replace function sync.record_shop(p_shop_id bigint, p_name text, p_currency text, p_scopes text[])
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.shops as h
set name = p_name, currency = p_currency, scopes = p_scopes, verified_at = now()
where h.id = p_shop_id;
end;
comment on function sync.record_shop(bigint, text, text, text[]) is 'Note what a shop has said of itself.';
