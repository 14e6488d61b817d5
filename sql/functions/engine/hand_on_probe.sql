-- A probe that had nothing to send says nothing of the shop: another may look at once.
create or replace function sync.hand_on_probe(p_shop_id bigint, p_job_id bigint) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.circuits as c set next_probe_at = clock_timestamp()
where c.shop_id = p_shop_id and c.state = 'half-open' and c.probe_job_id = p_job_id;
end;
comment on function sync.hand_on_probe(bigint, bigint) is 'A probe had nothing to send: another job may look at once.';
