-- What is worth a bulk operation becomes its job's, and moves to its lane; what an earlier one has left there goes
-- first. Nothing moves that another lane may have at work: the others are kept from storing requests meanwhile, what
-- they have stored and not settled stays theirs, and what they hold in memory they prepare only while it is in their
-- lane (keys_in_lane). Null: nothing is worth it.
create or replace function sync.take_bulk(p_turn sync.turn, p_limit integer) returns text[]
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[];
begin
  perform from sync.lanes as l
  where l.shop_id = p_turn.shop_id and l.kind = p_turn.kind and l.lane < p_turn.lane
  order by l.lane
  for update;
  with found as (
    (
      select p.ctid as row_id from sync.pending as p
      where p.shop_id = p_turn.shop_id and p.kind = p_turn.kind and p.lane = p_turn.lane
      order by p.urgency, p.since
      limit greatest(p_limit, 0)
    )
    union all
    select b.row_id
    from sync.bulk_keys(p_turn.shop_id, p_turn.kind, p_turn.lane, p_limit) as b
    where sync.bulk_pays(p_turn.shop_id, p_turn.kind) and not exists (
      select from sync.requests as r
      where r.shop_id = p_turn.shop_id and r.kind = p_turn.kind and r.lane = b.lane and r.state = 'open'
        and b.key = any (r.keys)
    )
  ),

  free as (
    select p.ctid from sync.pending as p
    where p.ctid = any (array(select f.row_id from found as f limit greatest(p_limit, 0)))
      and p.shop_id = p_turn.shop_id and p.kind = p_turn.kind and (p.lane = p_turn.lane or p.job_id is null)
    for update skip locked
  ),

  taken as (
    update sync.pending as p
    set lane = p_turn.lane, job_id = p_turn.job_id
    from free as f
    where p.ctid = f.ctid
    returning p.key
  )

  select array_agg(t.key order by t.key) into v_keys from taken as t;
  return v_keys;
end $$;
comment on function sync.take_bulk(sync.turn, integer) is
'What is worth a bulk operation becomes its job''s; returns the keys, null if nothing is.';
