-- Everything that explains the numbers of one product: rows counted, link, levels, pending, requests, calls.
-- p_name is a SKU or a product key of the warehouse; one element per shop and product that has it.
create or replace function sync.explain_stock(p_name text) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select coalesce(jsonb_agg(jsonb_build_object(
  'product_key', p.product_key,
  'sku', p.sku,
  'title', p.title,
  'units', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'location', coalesce(l.name, s.location_key), 'available', s.available, 'reserved', s.reserved,
      'committed', s.committed
    ) order by s.location_key), '[]')
    from sync.read_stock(array[p.product_key]) as s
    left join sync.source_locations as l on s.location_key = l.location_key
  ),
  'changes', (
    select coalesce(jsonb_agg(to_jsonb(c) order by c.id desc), '[]')
    from (
      select
        max(g.id) as id, string_agg(distinct g.op, ', ') as op, count(*) as rows, max(g.changed_at) as changed_at,
        max(g.relayed_at) as relayed_at, g.xid::text as transaction
      from (
        select l.* from sync.change_log as l
        where l.entity = 'item' and (l.key = p.product_key or l.old_key = p.product_key or l.key is null)
        order by l.id desc
        limit 200
      ) as g
      group by g.xid
      order by 1 desc
      limit 5
    ) as c
  ),
  'queued', (
    select count(*) from sync.queued_changes as w
    where w.entity = 'item' and (w.key = p.product_key or w.old_key = p.product_key or w.is_whole)
  ),
  'shops', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'shop', h.domain,
      'mode', h.mode,
      'held', (select g.held_reason from sync.guards as g where g.shop_id = h.id and g.kind = 'inventory'),
      'circuit', (
        select to_jsonb(c) - 'shop_id' from sync.circuits as c where c.shop_id = h.id and c.state <> 'closed'
      ),
      'link', case when k.product_key is null then null else jsonb_build_object(
        'state', k.state, 'reason', k.reason, 'variant_id', k.variant_id, 'inventory_item_id', k.inventory_item_id,
        'variant', v.title, 'tracked', v.tracked, 'changed_at', k.changed_at
      ) end,
      'levels', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'location', o.location, 'counted', o.counted, 'uncounted', o.uncounted, 'desired', o.desired, 'seen', o.seen,
          'seen_at', o.seen_at, 'acknowledged', o.acknowledged, 'acknowledged_at', o.acknowledged_at,
          'request', (
            select jsonb_build_object(
              'id', r.id, 'state', r.state, 'sends', r.sends, 'created_at', r.created_at, 'answered_at', r.answered_at,
              'idempotency_key', r.idempotency_key, 'quantity', q.quantity, 'change_from', q.change_from_quantity,
              'answer', r.answer
            )
            from (
              -- The last one that was applied, or a later one of the lane that was not.
              select l.* from sync.requests as l where l.id = e.request_id
              union all
              (
                select l.* from sync.requests as l
                where l.shop_id = h.id and l.kind = 'inventory' and l.keys @> array[p.product_key]
                  and l.state <> 'applied' and l.id > coalesce(e.request_id, 0)
                order by l.id desc
                limit 50
              )
            ) as r
            cross join sync.level_entries(r.variables) as q
            where q.inventory_item_id = o.inventory_item_id and q.location_id = o.location_id
            order by r.id desc
            limit 1
          )
        ) order by o.location), '[]')
        from sync.inventory_levels as o
        left join sync.levels as e
          on o.shop_id = e.shop_id and o.inventory_item_id = e.inventory_item_id and o.location_id = e.location_id
        where o.shop_id = h.id and o.product_key = p.product_key
      ),
      'unmapped', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'location', coalesce(l.name, s.location_key), 'available', s.available)
          order by s.location_key), '[]')
        from sync.read_stock(array[p.product_key]) as s
        left join sync.source_locations as l on s.location_key = l.location_key
        where s.available > 0 and h.linked_at is not null and not exists (
          select from sync.shop_locations as m where m.shop_id = h.id and m.location_key = s.location_key
        )
      ),
      'pending', (
        select to_jsonb(w) from sync.pending_changes as w
        where w.shop = h.domain and w.kind = 'inventory' and w.key = p.product_key
      ),
      'refusals', (
        select coalesce(jsonb_agg(to_jsonb(f)), '[]') from sync.open_refusals as f
        where f.shop = h.domain and f.kind = 'inventory' and f.key = p.product_key
      ),
      'discrepancies', (
        select coalesce(jsonb_agg(to_jsonb(d) order by d.location), '[]') from sync.open_discrepancies as d
        where d.shop = h.domain and d.product_key = p.product_key
      ),
      'conflicts', (
        select coalesce(jsonb_agg(to_jsonb(c) order by c.found_at desc), '[]') from sync.open_conflicts as c
        where c.shop = h.domain and c.product_key = p.product_key
      )
    ) order by h.domain), '[]')
    from sync.shops as h
    left join sync.links as k on h.id = k.shop_id and p.product_key = k.product_key
    left join sync.variants as v on h.id = v.shop_id and k.variant_id = v.variant_id
  )
) order by p.product_key), '[]')
from sync.source_products as p
where btrim(p.sku) = btrim(p_name) or p.product_key = p_name;
end;
comment on function sync.explain_stock(text) is
'Everything that explains the numbers of one product, by SKU or warehouse key, as JSON.';
