-- A job takes its lane to push: a step take with its keys, and a step send for each request that an earlier job left
-- without an answer: those are repeated first. Only a live shop is sent anything; while the kind is held, only what an
-- undo restores. No row if the lane is gone.
create or replace function sync.claim_push(p_shop_id bigint, p_kind text, p_lane integer, p_job_id bigint)
returns table (generation bigint, keep integer, step sync.step)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_opened record;
  v_is_held boolean;
  v_keep integer := (select k.keep from sync.kinds as k where k.kind = p_kind);
begin
  select (o.turn).generation as generation, o.keys into v_opened
  from sync.open_lane(p_shop_id, p_kind, p_lane, p_job_id) as o;
  if not found then
    return;
  end if;
  return query select
    v_opened.generation,
    v_keep,
    sync.a_step('take', v_opened.keys, 0);
  if exists (select from sync.shops as h where h.id = p_shop_id and h.mode = 'live') then
    v_is_held := sync.held_back(p_shop_id, p_kind) is not null;
    return query
    with open as (
      update sync.requests as r
      set sends = r.sends + 1
      where r.shop_id = p_shop_id and r.kind = p_kind and r.lane = p_lane and r.state = 'open'
        and (r.run_id is not null or not v_is_held)
      returning r.*
    )

    select
      v_opened.generation,
      v_keep,
      row(
        'send', o.keys, null, o.id, o.document, o.idempotency_key, o.variables, o.entries, o.sends,
        extract(epoch from now() - o.created_at), null, null
      )::sync.step
    from open as o
    order by o.id;
  end if;
end $$;
comment on function sync.claim_push(bigint, text, integer, bigint) is
'A job takes its lane to push; returns the generation of its turn, the points that its kind leaves to others, its keys, '
'and the requests without an answer.';
