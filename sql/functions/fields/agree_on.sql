-- Both sides agree on some fields of an object, as we say them and as Shopify was seen to show them. What was not seen
-- is agreed on as soon as it is.
create or replace function sync.agree_on(p_shop_id bigint, p_entity text, p_key text, p_ours jsonb) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.field_bases as b
set
  ours = b.ours || p_ours,
  theirs = (b.theirs - array(select jsonb_object_keys(p_ours))) || (
    select coalesce(jsonb_object_agg(f.key, b.seen -> f.key), '{}') from jsonb_object_keys(p_ours) as f (key)
    where b.seen ? f.key
  ),
  decided = b.decided - array(select jsonb_object_keys(p_ours))
where b.shop_id = p_shop_id and b.entity = p_entity and b.key = p_key;
end;
comment on function sync.agree_on(bigint, text, text, jsonb) is 'Both sides agree on some fields of an object.';
