-- Whether a process may ask for another token: nobody else does, or has not been heard of for so long. Returns what it
-- shows when it stores the token; null: somebody else is at it.
create or replace function sync.lease_renewal(p_shop_id bigint, p_seconds double precision) returns uuid
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.shops as h
set renewal = gen_random_uuid(), renewal_ends_at = clock_timestamp() + make_interval(secs => p_seconds)
where h.id = p_shop_id and (
  h.renewal_ends_at is null or sync.is_due(h.renewal_ends_at, '10 minutes')
)
returning h.renewal;
end;
comment on function sync.lease_renewal(bigint, double precision) is
'Take the right to renew a shop''s token, for some seconds; null if somebody else has it.';
