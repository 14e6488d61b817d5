-- A renewal that came to nothing: another process may try at once.
create or replace function sync.end_renewal(p_shop_id bigint, p_renewal uuid) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.shops as h
set renewal = null, renewal_ends_at = null
where h.id = p_shop_id and h.renewal = p_renewal;
end;
comment on function sync.end_renewal(bigint, uuid) is 'Give back the right to renew a shop''s token.';
