-- An object has these fields and no others any more: what was agreed on of others is forgotten, so that nobody waits
-- for a decision on them.
create or replace function sync.forget_fields(p_shop_id bigint, p_entity text, p_key text, p_fields text[]) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.field_bases as b
set
  ours = b.ours - n.others,
  theirs = b.theirs - n.others,
  decided = b.decided - n.others
from (
  select array(
    select f.key from sync.field_bases as o
    cross join jsonb_object_keys(o.ours || o.theirs || o.decided) as f (key)
    where o.shop_id = p_shop_id and o.entity = p_entity and o.key = p_key and f.key <> all(p_fields)
  ) as others
) as n
where b.shop_id = p_shop_id and b.entity = p_entity and b.key = p_key and n.others <> '{}';
update sync.field_conflicts as c
set outcome = 'theirs', decided_by = 'the mapping, which has the field no more', decided_at = clock_timestamp()
where c.shop_id = p_shop_id and c.entity = p_entity and c.key = p_key and c.outcome is null
  and c.field <> all(p_fields);
end;
comment on function sync.forget_fields(bigint, text, text, text[]) is
'Forget what was agreed on of fields that an object no longer has.';
