-- The live shops whose mark is to be renewed now, each with what its next mark says and what is known of the last.
-- Until p_seconds are over nobody else renews it. The mark is on disk before it is sent: what an answer does not tell
-- is known when it is found. In a copy of the database nothing is renewed, and its shops fall to monitor.
create or replace function sync.lease_beats(p_seconds double precision)
returns table (shop_id bigint, sent uuid, owner text, digest text, says jsonb)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_copied bigint;
  v_due bigint[];
begin
  for v_copied in
    select w.shop_id from sync.writers as w
    join sync.shops as h on h.id = w.shop_id
    where h.mode = 'live' and w.home <> sync.home()
  loop
    perform sync.yield_shop(v_copied, null);
  end loop;
  v_due := array(
    select w.shop_id from sync.writers as w
    join sync.shops as h on h.id = w.shop_id
    where h.mode = 'live' and sync.is_due(w.beat_at, '1 minute')
    order by w.shop_id
    for update of w skip locked
  );
  if v_due = '{}' then
    return;
  end if;
  perform set_config('synchronous_commit', 'on', true);
  return query
  update sync.writers as w
  set
    beat_at = clock_timestamp() + make_interval(secs => p_seconds),
    sent = coalesce(w.sent, gen_random_uuid())
  where w.shop_id = any (v_due)
  returning w.shop_id, w.sent, w.owner, w.digest, sync.mark_of(w);
end $$;
comment on function sync.lease_beats(double precision) is
'Take the right to renew the marks of live shops that are due, for some seconds; returns what is to be said there.';
