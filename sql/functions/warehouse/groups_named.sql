-- The names of those of some groups that the mapping names (product_group); what is none is a product by itself, under
-- its own key: the two never meet, though a group may be called as a product is.
create or replace function sync.groups_named(p_groups text[]) returns text[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce(array_agg(substr(g.key, length('group:') + 1)), '{}') from unnest(p_groups) as g (key)
where g.key like 'group:%';
end;
comment on function sync.groups_named(text[]) is 'The names of those of some groups that the mapping names.';
