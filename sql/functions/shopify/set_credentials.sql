-- Replace what a shop's token comes from; p_secret is encrypted already. A token that the old ones gave is forgotten.
create or replace function sync.set_credentials(p_shop_id bigint, p_grant_type text, p_client_id text, p_secret bytea)
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.shops as h
set
  grant_type = p_grant_type,
  client_id = p_client_id,
  secret = p_secret,
  access_token = null,
  access_token_expires_at = null,
  renewal = null,
  renewal_ends_at = null
where h.id = p_shop_id;
end;
comment on function sync.set_credentials(bigint, text, text, bytea) is 'Replace what a shop''s token comes from.';
