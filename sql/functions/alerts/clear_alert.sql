-- Clear the open alert of a rule, shop and subject: its reason is gone. Waits for nobody, as raise_alert().
create or replace function sync.clear_alert(p_rule text, p_shop_id bigint, p_subject text default '')
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_alert sync.alerts;
  v_subject text := coalesce(p_subject, '');
begin
  -- What is asked often and seldom so costs one look at an index.
  if not exists (
    select from sync.alerts as a
    where a.rule = p_rule and coalesce(a.shop_id, 0) = coalesce(p_shop_id, 0) and a.subject = v_subject
      and a.cleared_at is null
  ) or not sync.lock_alert(p_rule, p_shop_id, v_subject) then
    return false;
  end if;
  update sync.alerts as a
  set cleared_at = clock_timestamp()
  where a.rule = p_rule and coalesce(a.shop_id, 0) = coalesce(p_shop_id, 0) and a.subject = v_subject
    and a.cleared_at is null
  returning a.* into v_alert;
  if not found then
    return false;
  end if;
  perform sync.announce_alert(v_alert, 'cleared');
  return true;
end $$;
comment on function sync.clear_alert(text, bigint, text) is 'Clear an open alert; false if there is none.';
