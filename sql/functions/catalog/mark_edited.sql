-- Products that the shop has changed since both sides agreed, as far as it was seen: they are judged with the next
-- push, if what is wrong is to be put right. Returns how many.
create or replace function sync.mark_edited(p_shop_id bigint, p_run_id bigint default null) returns integer
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with edited as (
  select b.entity, b.key
  from sync.field_bases as b
  where b.shop_id = p_shop_id and b.entity in ('product', 'variant') and exists (
    select from jsonb_each(b.theirs) as f
    where b.seen ? f.key and (b.seen -> f.key) <> f.value
      -- One that waits for a person already.
      and not exists (
        select from sync.field_conflicts as c
        where c.shop_id = b.shop_id and c.entity = b.entity and c.key = b.key and c.field = f.key
          and c.outcome is null and c.theirs = b.seen -> f.key
      )
  )
  union
  -- One that a person was to decide, and the shop has taken back.
  select c.entity, c.key
  from sync.field_conflicts as c
  inner join sync.field_bases as b on c.shop_id = b.shop_id and c.entity = b.entity and c.key = b.key
  where c.shop_id = p_shop_id and c.outcome is null and b.seen ? c.field and (b.seen -> c.field) <> c.theirs
),

groups as (
  select e.key as group_key from edited as e where e.entity = 'product'
  union
  select m.group_key
  from edited as e
  inner join sync.catalog_variants as m on m.shop_id = p_shop_id and e.key = m.product_key
  where e.entity = 'variant'
)

select coalesce(sync.touch_products(p_shop_id, array_agg(g.group_key), p_run_id), 0) from groups as g
where sync.corrects(p_shop_id, 'catalog') = 'fix';
end;
comment on function sync.mark_edited(bigint, bigint) is
'Note that products which the shop has changed are to be judged; returns how many.';
