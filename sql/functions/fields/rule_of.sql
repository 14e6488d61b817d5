-- The rule of a field in a shop: its own, or that of what stands before its dot; the warehouse's where none is set.
create or replace function sync.rule_of(p_shop_id bigint, p_entity text, p_field text) returns text
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce(
  (
    select r.rule from sync.field_rules as r
    where r.shop_id = p_shop_id and r.entity = p_entity and r.field in (p_field, split_part(p_field, '.', 1))
    order by length(r.field) desc
    limit 1
  ),
  'ours'
);
end;
comment on function sync.rule_of(bigint, text, text) is 'The rule by which a field is decided in a shop.';
