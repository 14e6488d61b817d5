-- An object has the fields of p_has and no others any more: what was agreed on of others is forgotten, so that nobody
-- waits for a decision on them.
create or replace function sync.forget_fields(p_shop_id bigint, p_entity text, p_key text, p_has jsonb) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_others text[];
begin
  select array(select f.key from jsonb_object_keys(b.ours || b.theirs || b.decided) as f (key) where not p_has ? f.key)
  into v_others
  from sync.field_bases as b
  where b.shop_id = p_shop_id and b.entity = p_entity and b.key = p_key;
  if coalesce(v_others, '{}') = '{}' then
    return;
  end if;
  update sync.field_bases as b
  set ours = b.ours - v_others, theirs = b.theirs - v_others, decided = b.decided - v_others
  where b.shop_id = p_shop_id and b.entity = p_entity and b.key = p_key;
  update sync.field_conflicts as c
  set outcome = 'theirs', decided_by = 'the mapping, which has the field no more', decided_at = clock_timestamp()
  where c.shop_id = p_shop_id and c.entity = p_entity and c.key = p_key and c.outcome is null
    and c.field = any (v_others);
end $$;
comment on function sync.forget_fields(bigint, text, text, jsonb) is
'Forget what was agreed on of fields that an object no longer has.';
