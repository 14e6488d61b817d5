-- Say who owns a field of an entity in a shop; null: the warehouse, as of every field without a rule.
create or replace function sync.set_field_rule(p_shop_id bigint, p_entity text, p_field text, p_rule text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if coalesce(p_rule, 'ours') = 'ours' and position('.' in p_field) = 0 then
    delete from sync.field_rules as r where r.shop_id = p_shop_id and r.entity = p_entity and r.field = p_field;
  else
    insert into sync.field_rules (shop_id, entity, field, rule)
    values (p_shop_id, p_entity, p_field, coalesce(p_rule, 'ours'))
    on conflict (shop_id, entity, field) do update set rule = excluded.rule;
  end if;
  perform sync.note_event(
    p_shop_id, 'rule_set', p_field, format('%s of each %s: %s.', p_field, p_entity, coalesce(p_rule, 'ours')),
    jsonb_build_object('entity', p_entity, 'rule', p_rule)
  );
end $$;
comment on function sync.set_field_rule(bigint, text, text, text) is 'Say who owns a field of an entity in a shop.';
