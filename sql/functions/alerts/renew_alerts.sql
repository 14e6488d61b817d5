-- What a rule has to say of a shop (null: of the whole house) at this moment: [{subject, message, detail}], the most
-- important first. The first twenty are raised, of the others those that are open stay so, and what is open and not
-- named any more is cleared.
create or replace function sync.renew_alerts(p_rule text, p_shop_id bigint, p_found jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seen record;
begin
  for v_seen in
    select coalesce(f.one ->> 'subject', a.subject) as subject, f.one, f.number
    from jsonb_array_elements(coalesce(p_found, '[]')) with ordinality as f (one, number)
    full join (
      select o.subject from sync.alerts as o
      where o.rule = p_rule and coalesce(o.shop_id, 0) = coalesce(p_shop_id, 0) and o.cleared_at is null
    ) as a on f.one ->> 'subject' = a.subject
    order by 1
  loop
    if v_seen.one is null then
      perform sync.clear_alert(p_rule, p_shop_id, v_seen.subject);
    elsif v_seen.number <= 20 then
      perform sync.raise_alert(
        p_rule, p_shop_id, v_seen.subject, v_seen.one ->> 'message', v_seen.one -> 'detail'
      );
    end if;
  end loop;
end $$;
comment on function sync.renew_alerts(text, bigint, jsonb) is
'Raise the alerts of a rule that a shop has at this moment, and clear those it has no more.';
