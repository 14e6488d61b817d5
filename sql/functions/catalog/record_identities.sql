-- Note which products of a shop bear a group's key as their custom id ([{product_id, group_key}]), as an installation
-- that is no more has made them.
create or replace function sync.record_identities(p_shop_id bigint, p_shown json) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.variants as v set custom_id = s.group_key
from json_to_recordset(p_shown) as s (product_id bigint, group_key text)
where v.shop_id = p_shop_id and v.product_id = s.product_id;
end;
comment on function sync.record_identities(bigint, json) is
'Note which products of a shop bear a group''s key as their custom id.';
