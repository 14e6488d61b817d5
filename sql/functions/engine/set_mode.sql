-- Switch a shop off, to monitor, or live. Going live needs the fingerprints of the shop's last plans, joined by a
-- hyphen where there are several kinds, each at most an hour old, and that no more would change than they said, give
-- or take what a working warehouse changes meanwhile: a tenth and the guard's allowance. Then everything is looked at
-- once, and the guard lets pass what the plans have shown.
create or replace function sync.set_mode(p_shop_id bigint, p_mode text, p_fingerprint text default null)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shop sync.shops;
  v_plans sync.plans[];
  v_now record;
  v_run_id bigint;
  v_marked integer := 0;
begin
  select h.* into strict v_shop from sync.shops as h where h.id = p_shop_id for no key update;
  if v_shop.mode = p_mode then
    return 0;
  end if;
  if p_mode = 'live' then
    v_plans := array(
      select p from sync.plans as p
      where p.id in (select max(l.id) from sync.plans as l where l.shop_id = p_shop_id group by l.kind)
      order by p.kind
    );
    if v_shop.linked_at is null or v_plans = '{}' then
      raise exception sqlstate 'SW006' using message = format('there is no plan of %s yet', v_shop.domain);
    elsif (select string_agg(l.fingerprint, '-' order by l.kind) from unnest(v_plans) as l)
      is distinct from p_fingerprint
    then
      raise exception sqlstate 'SW006' using message = format(
        '%s is not the fingerprint of the last plan of %s', coalesce(p_fingerprint, 'nothing'), v_shop.domain
      );
    end if;
    for v_now in
      select
        k.kind, k.parts as noun, k.lost as loss, g.allowance, d.basis, d.moves, d.losses,
        p.basis as planned_basis, p.moves as planned_moves, p.losses as planned_losses, p.created_at
      from sync.kinds as k
      cross join lateral sync.draft_plan(k.kind, p_shop_id) as d
      join sync.guards as g on g.shop_id = p_shop_id and g.kind = k.kind
      left join unnest(v_plans) as p on p.kind = k.kind
    loop
      if v_now.created_at is null then
        raise exception sqlstate 'SW006' using
          message = format('the plan of %s does not say what would change of %s', v_shop.domain, v_now.kind);
      elsif v_now.created_at < now() - interval '1 hour' then
        raise exception sqlstate 'SW006' using message = format('the plan of %s is older than an hour', v_shop.domain);
      elsif v_now.basis <> v_now.planned_basis then
        raise exception sqlstate 'SW006' using
          message = format('the mapping of %s has changed since the plan', v_shop.domain);
      elsif v_now.moves > v_now.planned_moves * 1.1 + v_now.allowance
        or v_now.losses > v_now.planned_losses * 1.1 + v_now.allowance
      then
        raise exception sqlstate 'SW006' using message = format(
          'the plan of %s has %s %s change and %s %s; now it would be %s and %s',
          v_shop.domain, v_now.planned_moves, v_now.noun, v_now.planned_losses, v_now.loss, v_now.moves, v_now.losses
        );
      end if;
    end loop;
  end if;

  update sync.shops as h set mode = p_mode where h.id = p_shop_id;
  if p_mode = 'live' then
    insert into sync.runs as r (kind, shop_id, state, finished_at, result)
    values ('go_live', p_shop_id, 'succeeded', now(), jsonb_build_object('plans', to_jsonb(v_plans)))
    returning r.id into v_run_id;
    perform from sync.lanes as l where l.shop_id = p_shop_id order by l.kind, l.lane for update;
    update sync.lanes as l set lost = 0 where l.shop_id = p_shop_id;
    -- What no plan has shown goes by the guard.
    select coalesce(sum(sync.mark_changes(k.kind, p_shop_id, null, array[now()], v_run_id, p.id is not null)), 0)
    into v_marked
    from sync.kinds as k
    left join unnest(v_plans) as p on p.kind = k.kind;
    update sync.guards as g
    set held_at = null, held_reason = null, counted_at = null where g.shop_id = p_shop_id;
    perform sync.clear_alert('guard_held', p_shop_id, k.kind) from sync.kinds as k;
  end if;
  perform sync.note_event(
    p_shop_id, 'mode_changed', p_mode, format('%s was %s and is %s.', v_shop.domain, v_shop.mode, p_mode),
    jsonb_build_object('before', v_shop.mode, 'fingerprint', p_fingerprint, 'marked', v_marked, 'run', v_run_id)
  );
  perform sync.notify_listeners('sync_changes');
  return v_marked;
end $$;
comment on function sync.set_mode(bigint, text, text) is
'Switch a shop off, to monitor, or live (with the fingerprint of its plans); returns how many keys will be pushed.';
