-- Open an alert, or renew the open one of this rule, shop (null: the whole house) and subject. Opening it queues its
-- deliveries, is an event, and notifies sync_alerts. What is watched must not suffer: a rule that is switched off or
-- unknown and a shop that is gone do nothing, and nobody waits. Of two transactions that raise or clear one alert at
-- once the second is left out; where each counts, call this with the row locked whose state it tells.
create or replace function sync.raise_alert(
  p_rule text, p_shop_id bigint, p_subject text, p_message text, p_detail jsonb default '{}'
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_shop text;
  v_alert sync.alerts;
  v_subject text := coalesce(p_subject, '');
begin
  if not exists (select from sync.alert_rules as r where r.rule = p_rule and r.is_enabled)
    or not pg_try_advisory_xact_lock(hashtextextended(concat_ws('/', 'alert', p_rule, p_shop_id, v_subject), 0))
  then
    return null;
  end if;
  select h.domain into v_shop from sync.shops as h where h.id = p_shop_id;
  if p_shop_id is not null and v_shop is null then
    return null;
  end if;
  insert into sync.alerts as a (rule, shop_id, subject, message, remedy, detail)
  values (
    p_rule, p_shop_id, v_subject, coalesce(p_message, ''), sync.remedy(p_rule, v_shop, v_subject),
    coalesce(p_detail, '{}')
  )
  on conflict (rule, coalesce(shop_id, 0), subject) where cleared_at is null do update
  set
    message = excluded.message,
    remedy = excluded.remedy,
    detail = excluded.detail,
    last_at = clock_timestamp(),
    times = a.times + 1
  returning * into v_alert;
  if v_alert.times = 1 then
    perform sync.announce_alert(v_alert, 'raised');
  end if;
  return v_alert.id;
end $$;
comment on function sync.raise_alert(text, bigint, text, text, jsonb) is
'Open an alert or renew the open one; returns its id, null if the rule is switched off or another is at it.';
