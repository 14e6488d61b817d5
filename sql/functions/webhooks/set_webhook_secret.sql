-- What the webhooks of a shop are signed with from now on, encrypted already; the one until now stays accepted, until
-- forget_webhook_secret().
create or replace function sync.set_webhook_secret(p_shop_id bigint, p_secret bytea) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
insert into sync.webhook_secrets as s (shop_id, secret) values (p_shop_id, p_secret)
on conflict (shop_id) do update
set secret = excluded.secret, previous = s.secret, set_at = clock_timestamp();
end;
comment on function sync.set_webhook_secret(bigint, bytea) is 'What the webhooks of a shop are signed with from now on.';
