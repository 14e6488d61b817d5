-- May a job call its shop? Not while the shop is off or the kind is held by its guard, unless an undo waits to be sent.
-- While the circuit is open, one may when the next probe is due: 'probe'. The others end, 'held', and their keys wait
-- in sync.pending. A probe that is never heard of again is followed by another after a minute.
create or replace function sync.enter_circuit(p_shop_id bigint, p_kind text, p_job_id bigint) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if sync.held_back(p_shop_id, p_kind) is not null and not exists (
    select from sync.requests as r
    where r.shop_id = p_shop_id and r.kind = p_kind and r.state = 'open' and r.run_id is not null
  ) then
    return 'held';
  end if;
  -- That of the shop and that of the kind: a probe is one for both, when both are due.
  perform from sync.circuits as c
  where c.shop_id = p_shop_id and c.kind in ('', p_kind) and c.state <> 'closed'
  order by c.kind
  for update;
  if not found then
    return 'closed';
  elsif exists (
    select from sync.circuits as c
    where c.shop_id = p_shop_id and c.kind in ('', p_kind) and c.state <> 'closed'
      and not sync.is_due(c.next_probe_at, '2 minutes')
      and (c.state <> 'half-open' or c.probe_job_id is distinct from p_job_id)
  ) then
    return 'held';
  end if;
  update sync.circuits as c
  set state = 'half-open', probe_job_id = p_job_id, next_probe_at = clock_timestamp() + interval '1 minute'
  where c.shop_id = p_shop_id and c.kind in ('', p_kind) and c.state <> 'closed';
  return 'probe';
end $$;
comment on function sync.enter_circuit(bigint, text, bigint) is 'May a job call its shop: closed, probe or held.';
