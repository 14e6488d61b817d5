-- Switch a shop off, to monitor, or live. Going live needs the fingerprint of the shop's last plan, at most an hour
-- old, and that no more would move than it said, give or take what a working warehouse changes meanwhile: a tenth
-- and the guard's allowance. Then everything is looked at once, and the guard lets pass what the plan has shown.
create or replace function sync.set_mode(p_shop_id bigint, p_mode text, p_fingerprint text default null)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shop sync.shops;
  v_guard sync.guards;
  v_plan sync.plans;
  v_now record;
  v_run_id bigint;
  v_marked integer := 0;
begin
  select h.* into strict v_shop from sync.shops as h where h.id = p_shop_id for no key update;
  if v_shop.mode = p_mode then
    return 0;
  end if;
  if p_mode = 'live' then
    select p.* into v_plan from sync.plans as p where p.shop_id = p_shop_id order by p.id desc limit 1;
    if v_shop.linked_at is null or v_plan.id is null then
      raise exception sqlstate 'SW006' using message = format('there is no plan of %s yet', v_shop.domain);
    elsif v_plan.fingerprint is distinct from p_fingerprint then
      raise exception sqlstate 'SW006' using message = format(
        '%s is not the fingerprint of the last plan of %s', coalesce(p_fingerprint, 'nothing'), v_shop.domain
      );
    elsif v_plan.created_at < now() - interval '1 hour' then
      raise exception sqlstate 'SW006' using message = format('the plan of %s is older than an hour', v_shop.domain);
    end if;
    select d.* into v_now from sync.draft_plan(p_shop_id) as d;
    select g.* into v_guard from sync.guards as g where g.shop_id = p_shop_id;
    if v_now.basis <> v_plan.basis then
      raise exception sqlstate 'SW006' using
        message = format('the mapping of %s has changed since the plan', v_shop.domain);
    elsif v_now.moves > v_plan.moves * 1.1 + v_guard.allowance
      or v_now.zeroes > v_plan.zeroes * 1.1 + v_guard.allowance
    then
      raise exception sqlstate 'SW006' using message = format(
        'the plan of %s has %s levels move and %s go to zero; now it would be %s and %s',
        v_shop.domain, v_plan.moves, v_plan.zeroes, v_now.moves, v_now.zeroes
      );
    end if;
  end if;

  update sync.shops as h set mode = p_mode where h.id = p_shop_id;
  if p_mode = 'live' then
    insert into sync.runs as r (kind, shop_id, state, finished_at, result)
    values ('go_live', p_shop_id, 'succeeded', now(), to_jsonb(v_plan)) returning r.id into v_run_id;
    perform from sync.lanes as l where l.shop_id = p_shop_id order by l.kind, l.lane for update;
    update sync.lanes as l set zeroed = 0 where l.shop_id = p_shop_id;
    update sync.guards as g
    set held_at = null, held_reason = null, counted_at = null where g.shop_id = p_shop_id;
    perform sync.clear_alert('guard_held', p_shop_id);
    v_marked := sync.mark_all_pending(p_shop_id, now(), v_run_id, true);
  end if;
  perform sync.note_event(
    p_shop_id, 'mode_changed', p_mode, format('%s was %s and is %s.', v_shop.domain, v_shop.mode, p_mode),
    jsonb_build_object('before', v_shop.mode, 'fingerprint', p_fingerprint, 'marked', v_marked, 'run', v_run_id)
  );
  perform pg_notify('sync_changes', '');
  return v_marked;
end $$;
comment on function sync.set_mode(bigint, text, text) is
'Switch a shop off, to monitor, or live (with the fingerprint of its plan); returns how many products will be pushed.';
