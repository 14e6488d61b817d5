-- Keep the token that the client credentials grant gave, encrypted already, for as long as it lasts.
create or replace function sync.store_token(p_shop_id bigint, p_token bytea, p_seconds double precision) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.shops as h
set access_token = p_token, access_token_expires_at = clock_timestamp() + make_interval(secs => p_seconds)
where h.id = p_shop_id;
end;
comment on function sync.store_token(bigint, bytea, double precision) is 'Keep a shop''s access token for as long as it lasts.';
