-- Compare every product that a run has read with what it should hold, in one statement, and note what is wrong. What is
-- pending, or was changed since the run began, is on its way and not wrong; what a rule does not leave to the warehouse
-- is no fault either. With p_correct the wrong ones become pending, behind all else.
create or replace function sync.compare_catalog(p_run_id bigint, p_correct boolean)
returns table (products integer, causes jsonb, marked integer, vanished integer)
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_seqscan = on
as $$
#variable_conflict use_column
declare
  v_run sync.runs;
  v_groups text[];
  v_losses integer[];
begin
  select r.* into strict v_run from sync.runs as r where r.id = p_run_id;

  with computed as materialized (
    select
      c.group_key, c.fields, c.variants, l.state, l.changed_at,
      exists (
        select from sync.refusals as f
        where f.shop_id = v_run.shop_id and f.kind = 'catalog' and f.key = c.group_key
      ) as is_refused
    from sync.compute_products(v_run.shop_id, null) as c
    left join sync.product_links as l on l.shop_id = v_run.shop_id and l.group_key = c.group_key
  ),

  moved as materialized (
    select g.product_key as key from sync.moved_products as g where g.id > v_run.after_change
    union
    select q.product_key from sync.queued_products as q
  ),

  moving as materialized (
    select p.key as group_key from sync.pending as p where p.shop_id = v_run.shop_id and p.kind = 'catalog'
    union
    select c.group_key
    from computed as c
    cross join lateral jsonb_array_elements(c.variants) as v (variant)
    join moved as m on m.key is null or m.key = v.variant ->> 'key'
    union
    select n.group_key
    from sync.catalog_variants as n
    join moved as m on m.key = n.product_key
    where n.shop_id = v_run.shop_id
  ),

  objects as materialized (
    select 'product' as entity, c.group_key as key, c.group_key, c.fields, c.state, c.changed_at, c.is_refused
    from computed as c
    union all
    select 'variant', v.variant ->> 'key', c.group_key, v.variant -> 'fields', c.state, c.changed_at, c.is_refused
    from computed as c
    cross join lateral jsonb_array_elements(c.variants) as v (variant)
    where c.state = 'ok'
  ),

  wrong as materialized (
    -- Fields of what is there.
    select
      o.entity, o.key, o.group_key, f.key as field, f.value as expected, b.seen -> f.key as found,
      case
        when o.is_refused then 'failed push'
        when not b.ours ? f.key then 'mapping'
        when (b.ours -> f.key) <> f.value then 'missed change'
        else 'foreign edit'
      end as cause,
      false as is_lost
    from objects as o
    join sync.field_bases as b on b.shop_id = v_run.shop_id and b.entity = o.entity and b.key = o.key
    cross join lateral jsonb_each(o.fields) as f
    where o.state = 'ok' and b.seen_at >= v_run.started_at
      and (
        b.ours -> f.key is distinct from f.value
        or (b.theirs ? f.key and b.seen ? f.key and (b.seen -> f.key) <> (b.theirs -> f.key))
      )
      and b.seen -> f.key is distinct from f.value
      and not (not b.ours ? f.key and not b.seen ? f.key and f.value in ('null', '[]', '""', '{}'))
      and sync.rule_of(v_run.shop_id, o.entity, f.key) = 'ours'
    union all
    -- What is not there.
    select
      o.entity, o.key, o.group_key, '', o.fields, null,
      case
        when o.is_refused then 'failed push'
        when o.state = 'new' and o.changed_at >= v_run.started_at then 'deleted'
        else 'missed change'
      end,
      false
    from objects as o
    where o.entity = 'product' and coalesce(o.state, 'new') = 'new'
    union all
    select
      o.entity, o.key, o.group_key, '', o.fields, null,
      case
        when o.is_refused then 'failed push'
        when exists (
          select from sync.field_writes as w where w.entity = 'variant' and w.key = o.key
        ) then 'deleted'
        else 'missed change'
      end,
      false
    from objects as o
    where o.entity = 'variant' and o.state = 'ok' and not exists (
      select from sync.catalog_variants as m
      where m.shop_id = v_run.shop_id and m.product_key = o.key and m.group_key = o.group_key
    )
    union all
    -- What should not be there any more.
    select
      'variant', m.product_key, m.group_key, '', null, to_jsonb(m.variant_id),
      case when c.is_refused then 'failed push' else 'missed change' end, true
    from sync.catalog_variants as m
    join computed as c on c.group_key = m.group_key and c.state = 'ok'
    where m.shop_id = v_run.shop_id and not exists (
      select from objects as o where o.entity = 'variant' and o.key = m.product_key and o.group_key = m.group_key
    )
    union all
    select
      'product', l.group_key, l.group_key, '', null, to_jsonb(l.product_id),
      case
        when exists (
          select from sync.refusals as f
          where f.shop_id = l.shop_id and f.kind = 'catalog' and f.key = l.group_key
        ) then 'failed push'
        else 'missed change'
      end,
      true
    from sync.product_links as l
    join sync.catalogs as g on g.shop_id = l.shop_id and g.on_delete <> 'ignore'
    where l.shop_id = v_run.shop_id and l.state = 'ok'
      and not exists (select from computed as c where c.group_key = l.group_key)
  ),

  settled as materialized (
    select w.*, m.group_key is null as is_still
    from wrong as w
    left join moving as m on m.group_key = w.group_key
  ),

  noted as (
    insert into sync.field_discrepancies as d (shop_id, entity, key, field, expected, found, cause, run_id)
    select v_run.shop_id, s.entity, s.key, s.field, s.expected, s.found, s.cause, p_run_id
    from settled as s
    where s.is_still
    order by s.entity, s.key, s.field
    on conflict (shop_id, entity, key, field) where corrected_at is null and vanished_at is null
    do update set
      expected = excluded.expected, found = excluded.found, cause = excluded.cause, last_seen_at = now(),
      run_id = excluded.run_id
    returning d.cause
  ),

  gone as (
    update sync.field_discrepancies as d
    set vanished_at = now()
    where d.shop_id = v_run.shop_id and d.entity in ('product', 'variant')
      and d.corrected_at is null and d.vanished_at is null
      and not exists (
        select from settled as s where s.entity = d.entity and s.key = d.key and s.field = d.field
      )
    returning 1
  ),

  groups as (
    select s.group_key, max(s.is_lost::integer) as losses from settled as s where s.is_still group by s.group_key
  )

  select
    (select count(*) from computed),
    (
      select coalesce(jsonb_object_agg(t.cause, t.found), '{}')
      from (select n.cause, count(*) as found from noted as n group by n.cause) as t
    ),
    (select count(*) from gone),
    (select array_agg(g.group_key order by g.group_key) from groups as g),
    (select array_agg(g.losses order by g.group_key) from groups as g)
  into products, causes, vanished, v_groups, v_losses;
  marked := 0;
  if p_correct and v_groups is not null then
    marked := sync.mark_keys(
      v_run.shop_id, 'catalog', v_groups, array_fill(now(), array[cardinality(v_groups)]),
      array_fill((select max(c.class) * 1000000 from sync.priorities as c), array[cardinality(v_groups)]),
      array_fill(1, array[cardinality(v_groups)]), v_losses, p_run_id
    );
  end if;
  return next;
end $$;
comment on function sync.compare_catalog(bigint, boolean) is
'Compare every product that a run has read with what it should hold; returns how many were compared, how many fields are '
'wrong by cause, how many products were made pending and how many discrepancies are no more.';
