-- The collections of a shop that the warehouse names, by handle or title: an array, JSON, or a text with commas.
-- problem: why products cannot be put there; nothing is guessed where several have one title.
create or replace function sync.find_collections(p_shop_id bigint, p_given jsonb)
returns table (name text, collection_id bigint, handle text, problem text)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with names as (
  select distinct btrim(g.name) as name
  from jsonb_array_elements_text(case
    when jsonb_typeof(p_given) = 'array' then p_given
    else to_jsonb(string_to_array(coalesce(p_given #>> '{}', ''), ','))
  end) as g (name)
  where btrim(g.name) <> ''
),

found as (
  select
    n.name,
    (array_agg(c.collection_id order by c.handle = lower(n.name) desc, c.collection_id))[1] as collection_id,
    (array_agg(c.handle order by c.handle = lower(n.name) desc, c.collection_id))[1] as handle,
    (array_agg(c.is_smart order by c.handle = lower(n.name) desc, c.collection_id))[1] as is_smart,
    count(c.collection_id) as listed,
    count(*) filter (where c.handle = lower(n.name)) as exact
  from names as n
  left join sync.collections as c
    on c.shop_id = p_shop_id and (c.handle = lower(n.name) or lower(c.title) = lower(n.name))
  group by n.name
)

select
  f.name,
  f.collection_id,
  f.handle,
  case
    when f.listed = 0 then format('The shop has no collection %s.', f.name)
    when f.listed > 1 and f.exact = 0 then format('%s collections of the shop have the title %s.', f.listed, f.name)
    when f.is_smart then format('The collection %s chooses its products by rules of its own.', f.name)
  end
from found as f;
end;
comment on function sync.find_collections(bigint, jsonb) is
'The collections of a shop that the warehouse names, and why products cannot be put into some.';
