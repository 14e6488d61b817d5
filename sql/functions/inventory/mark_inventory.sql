-- Note which products must be pushed to a shop: those whose level differs from the one last seen, and those that are
-- pending already, for their push may be under way with an older number, or that units are owed of, for a push also
-- looks at their shelf (count_shelf). What Shopify does not track has no number to
-- push: open_refusals shows it. Falling stock first, the last units first. No keys: every linked product. What
-- cannot be computed, since the mapping cannot be read, may have changed: all of it is pending, and held.
create or replace function sync.mark_inventory(
  p_shop_id bigint, p_keys text[], p_since timestamptz[], p_run_id bigint default null,
  p_cleared boolean default false, p_gathers boolean default false
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_keys text[] := p_keys;
  v_since timestamptz[] := p_since;
  v_pending text[];
  v_entry text;
begin
  if v_keys is null then
    v_keys := array(select distinct k.product_key from sync.linked_items as k where k.shop_id = p_shop_id);
    v_since := array_fill(p_since[1], array[cardinality(v_keys)]);
  end if;
  -- One by one, whatever plan is kept (see release_keys).
  v_pending := array(
    select p.key from unnest(v_keys) as k (key)
    cross join lateral (
      select q.key from sync.pending as q
      where q.shop_id = p_shop_id and q.kind = 'inventory' and q.key = k.key
      limit 1
    ) as p
  );
  return (
    with found as (
      select
        c.product_key,
        min(k.since) as since,
        coalesce(min(greatest(c.desired, 0)) filter (where c.desired < c.seen), 1000000) as urgency,
        (count(*) filter (where c.tracked and c.desired <> coalesce(c.seen, 0)))::integer as moves,
        (count(*) filter (where c.tracked and c.desired <= 0 and c.seen > 0))::integer as losses
      from sync.compute_levels(p_shop_id, v_keys) as c
      join unnest(v_keys, v_since) as k (key, since) on k.key = c.product_key
      left join unnest(v_pending) as q (key) on q.key = c.product_key
      group by c.product_key
      having bool_or(c.tracked and c.desired is distinct from c.seen) or bool_or(c.owed > 0) or count(q.key) > 0
    )

    select sync.mark_keys(
      p_shop_id, 'inventory', array_agg(f.product_key), array_agg(f.since), array_agg(f.urgency), array_agg(f.moves),
      array_agg(f.losses), p_run_id, p_cleared, p_gathers
    )
    from found as f
  );
exception when sqlstate 'SW007' then
  get stacked diagnostics v_entry = pg_exception_detail;
  perform sync.note_fault(v_entry, sqlerrm);
  return (
    select sync.mark_keys(
      p_shop_id, 'inventory', array_agg(f.key), array_agg(f.since), array_agg(0), array_agg(0), array_agg(0), p_run_id,
      p_cleared, p_gathers
    )
    from (
      select m.key, min(m.since) as since
      from unnest(v_keys, v_since) as m (key, since)
      join sync.linked_items as k on k.shop_id = p_shop_id and k.product_key = m.key
      group by m.key
    ) as f
  );
end $$;
comment on function sync.mark_inventory(bigint, text[], timestamptz[], bigint, boolean, boolean) is
'Note that the stock of some products, or of all, may have to be pushed to a shop; returns how many do.';
