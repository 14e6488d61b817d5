-- Keep the token that the client credentials grant gave, encrypted already, for as long as it lasts. One that comes so
-- late that somebody else renews it, or that the credentials are others, is not kept.
create or replace function sync.store_token(
  p_shop_id bigint, p_renewal uuid, p_token bytea, p_seconds double precision
)
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.shops as h
set
  access_token = p_token,
  access_token_expires_at = clock_timestamp() + make_interval(secs => p_seconds),
  renewal = null,
  renewal_ends_at = null
where h.id = p_shop_id and h.renewal = p_renewal;
end;
comment on function sync.store_token(bigint, uuid, bytea, double precision) is
'Keep a shop''s access token for as long as it lasts.';
