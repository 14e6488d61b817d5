-- Say of a rule whether it is one, its threshold, and who is told. What waits for a sink that it names no more is
-- dropped.
create or replace function sync.set_rule(
  p_rule text, p_is_enabled boolean, p_threshold integer, p_webhook_url text, p_email text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update sync.alert_rules as r
  set is_enabled = p_is_enabled, threshold = p_threshold, webhook_url = p_webhook_url, email = p_email
  where r.rule = p_rule;
  delete from sync.deliveries as d
  using sync.alerts as a
  where d.alert_id = a.id and a.rule = p_rule and d.state = 'waiting'
    and case d.sink when 'webhook' then p_webhook_url else p_email end is null;
end $$;
comment on function sync.set_rule(text, boolean, integer, text, text) is
'Say of a rule whether it is one, its threshold, and who is told; null: nobody there.';
