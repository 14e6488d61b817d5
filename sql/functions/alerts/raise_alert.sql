-- Open an alert, or renew the open one of this rule, shop (null: the whole house) and subject. Opening it queues its
-- deliveries, is an event, and notifies sync_alerts. One that was cleared, or told, within the last hour is opened
-- again: what comes and goes is one alert, and is told once an hour. What is watched must not suffer: a rule that is
-- switched off or unknown and a shop that is gone do nothing, and nobody waits. Of two transactions that raise or clear
-- one alert at once the second is left out; where each counts, call this with the row locked whose state it tells.
create or replace function sync.raise_alert(
  p_rule text, p_shop_id bigint, p_subject text, p_message text, p_detail jsonb default '{}'
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shop text;
  v_last bigint;
  v_is_opened boolean;
  v_alert sync.alerts;
  v_subject text := coalesce(p_subject, '');
  v_remedy text;
begin
  if not exists (select from sync.alert_rules as r where r.rule = p_rule and r.is_enabled)
    or not sync.lock_alert(p_rule, p_shop_id, v_subject)
  then
    return null;
  end if;
  select h.domain into v_shop from sync.shops as h where h.id = p_shop_id;
  if p_shop_id is not null and v_shop is null then
    return null;
  end if;
  v_remedy := sync.remedy(p_rule, v_shop, v_subject);
  select a.id, a.cleared_at is not null into v_last, v_is_opened
  from sync.alerts as a
  where a.rule = p_rule and coalesce(a.shop_id, 0) = coalesce(p_shop_id, 0) and a.subject = v_subject
    and (a.cleared_at is null or a.cleared_at > clock_timestamp() - interval '1 hour' or exists (
      select from sync.deliveries as d
      where d.alert_id = a.id and (d.state = 'waiting' or d.told_at > clock_timestamp() - interval '1 hour')
    ))
  order by a.id desc
  limit 1;
  if found then
    update sync.alerts as a
    set
      message = coalesce(p_message, ''),
      remedy = v_remedy,
      detail = coalesce(p_detail, '{}'),
      last_at = clock_timestamp(),
      times = a.times + 1,
      openings = a.openings + v_is_opened::integer,
      cleared_at = null
    where a.id = v_last
    returning a.* into v_alert;
  else
    v_is_opened := true;
    insert into sync.alerts (rule, shop_id, subject, message, remedy, detail)
    values (p_rule, p_shop_id, v_subject, coalesce(p_message, ''), v_remedy, coalesce(p_detail, '{}'))
    returning * into v_alert;
  end if;
  if v_is_opened then
    perform sync.announce_alert(v_alert, 'raised');
  end if;
  return v_alert.id;
end $$;
comment on function sync.raise_alert(text, bigint, text, text, jsonb) is
'Open an alert or renew the open one; returns its id, null if the rule is switched off or another is at it.';
