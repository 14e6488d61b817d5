-- Hand lanes of a kind to jobs that go before all others, for what was stored in them to be sent.
create or replace function sync.queue_lanes(p_shop_id bigint, p_kind text, p_lanes smallint[]) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select sync.enqueue_job(p_shop_id, p_kind, n.lane, (select max(c.priority) + 10 from sync.priorities as c))
from unnest(p_lanes) as n (lane);
end;
comment on function sync.queue_lanes(bigint, text, smallint[]) is
'Hand lanes of a kind to jobs that go before all others.';
