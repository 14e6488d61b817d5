-- Note which groups must be pushed to a shop: those that differ from what both sides last agreed on, and those that are
-- pending already, for their push may be under way with what was true before. What is deleted goes first, then prices
-- and new products, texts, and all else (field_class). No keys: every group, as a full pass looks at them, behind all
-- else but what is lost or was more urgent already.
create or replace function sync.mark_catalog(
  p_shop_id bigint, p_keys text[], p_since timestamptz[], p_run_id bigint default null,
  p_cleared boolean default false, p_gathers boolean default false
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_groups text[];
  v_since timestamptz[];
  v_entry text;
  v_marked integer;
begin
  if not exists (select from sync.catalogs as c where c.shop_id = p_shop_id) then
    return 0;
  end if;
  if p_keys is not null then
    select array_agg(g.group_key), array_agg(g.since) into v_groups, v_since
    from sync.groups_of(p_shop_id, p_keys, p_since) as g;
    if v_groups is null then
      return 0;
    end if;
  end if;
  with found as (
    select d.group_key, min(d.class) as class, bool_or(d.is_lost) as is_lost
    from (
      select d.group_key, case when v_groups is null and not d.is_lost then 4 else d.class end as class, d.is_lost
      from sync.differing_products(p_shop_id, v_groups) as d
      union all
      select p.key, p.urgency / 1000000, p.losses > 0
      from sync.pending as p
      where p.shop_id = p_shop_id and p.kind = 'catalog' and (v_groups is null or p.key = any (v_groups))
      union all
      -- A refusal ends with a push that is not refused.
      select f.key, case when v_groups is null then 4 else 2 end, false
      from sync.refusals as f
      where f.shop_id = p_shop_id and f.kind = 'catalog' and (v_groups is null or f.key = any (v_groups))
    ) as d
    group by d.group_key
  )

  select sync.mark_keys(
    p_shop_id, 'catalog', array_agg(f.group_key), array_agg(coalesce(s.since, p_since[1])),
    array_agg(f.class * 1000000), array_agg(1), array_agg(f.is_lost::integer), p_run_id, p_cleared, p_gathers
  )
  into v_marked
  from found as f
  left join unnest(v_groups, v_since) as s (group_key, since) on s.group_key = f.group_key;
  if v_groups is not null and not p_cleared then
    -- Whoever let a price pass has not seen what it is by now.
    update sync.pending as p set cleared = false
    where p.shop_id = p_shop_id and p.kind = 'catalog' and p.key = any (v_groups) and p.cleared;
  end if;
  return coalesce(v_marked, 0);
exception when sqlstate 'SW007' then
  get stacked diagnostics v_entry = pg_exception_detail;
  perform sync.note_fault(v_entry, sqlerrm);
  -- What cannot be computed may have changed: all of it is pending, and held.
  return (
    select sync.mark_keys(
      p_shop_id, 'catalog', array_agg(f.key), array_agg(f.since), array_agg(2000000), array_agg(0), array_agg(0),
      p_run_id, p_cleared, p_gathers
    )
    from (
      select m.group_key as key, min(coalesce(s.since, p_since[1])) as since
      from sync.catalog_variants as m
      left join unnest(p_keys, p_since) as s (key, since) on s.key = m.product_key
      where m.shop_id = p_shop_id and (p_keys is null or s.key is not null)
      group by m.group_key
    ) as f
  );
end $$;
comment on function sync.mark_catalog(bigint, text[], timestamptz[], bigint, boolean, boolean) is
'Note that the products of some keys, or all, may have to be pushed to a shop; returns how many do.';
