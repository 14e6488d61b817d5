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
      'location', coalesce(l.name, s.location_key), 'available', trim_scale(s.available), 'detail', s.detail
    ) order by s.location_key), '[]')
    from sync.describe_stock(array[p.product_key]) as s
    left join sync.read_locations() as l on s.location_key = l.location_key
  ),
  'changes', (
    select coalesce(jsonb_agg(to_jsonb(c) order by c.id desc), '[]')
    from (
      select
        max(g.id) as id, string_agg(distinct g.op, ', ') as op, count(*) as rows, max(g.changed_at) as changed_at,
        max(g.relayed_at) as relayed_at, g.xid::text as transaction
      from (
        select m.id, m.op, m.changed_at, m.relayed_at, m.xid from sync.moved_products as m
        where m.product_key = p.product_key
        union all
        select l.id, l.op, l.changed_at, l.relayed_at, l.xid from sync.change_log as l
        inner join sync.watches as w on l.watch = w.watch and w.entity = 'product'
        where l.key is null and l.old_key is null
        order by 1 desc
        limit 200
      ) as g
      group by g.xid
      order by 1 desc
      limit 5
    ) as c
  ),
  'queued', (
    select count(*) from sync.queued_products as w where coalesce(w.product_key, p.product_key) = p.product_key
  ),
  'shops', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'shop', h.domain,
      'mode', h.mode,
      'held', (select g.held_reason from sync.guards as g where g.shop_id = h.id and g.kind = 'inventory'),
      'circuit', (
        select to_jsonb(c) - 'shop_id' from sync.circuits as c
        where c.shop_id = h.id and c.kind in ('', 'inventory') and c.state <> 'closed'
        order by c.kind
        limit 1
      ),
      'link', case when k.product_key is null then null else jsonb_build_object(
        'state', k.state, 'reason', k.reason, 'variant_id', k.variant_id, 'inventory_item_id', k.inventory_item_id,
        'variant', v.title, 'tracked', v.tracked, 'changed_at', k.changed_at
      ) end,
      'levels', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'location', o.location, 'counted', o.counted, 'uncounted', o.uncounted, 'unbooked', o.unbooked,
          'desired', o.desired, 'seen', o.seen,
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
        from (
          select
            c.inventory_item_id, c.location_id, n.name as location, c.counted, c.uncounted,
            c.uncounted - greatest(coalesce(i.committed - i.committed_counted, 0), 0) as unbooked, c.desired, c.seen,
            i.seen_at, i.acknowledged, i.acknowledged_at
          from sync.compute_levels(h.id, array[p.product_key]) as c
          inner join sync.locations as n on n.shop_id = h.id and c.location_id = n.location_id
          left join sync.levels as i
            on i.shop_id = h.id and c.inventory_item_id = i.inventory_item_id and c.location_id = i.location_id
        ) as o
        left join sync.levels as e
          on e.shop_id = h.id and o.inventory_item_id = e.inventory_item_id and o.location_id = e.location_id
      ),
      'unmapped', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'location', coalesce(l.name, s.location_key), 'available', trim_scale(s.available), 'closed', (
            select o.name from sync.shop_locations as m
            inner join sync.locations as o on m.shop_id = o.shop_id and m.location_id = o.location_id
            where m.shop_id = h.id and m.location_key = s.location_key
          )
        ) order by s.location_key), '[]')
        from sync.read_stock(array[p.product_key]) as s
        left join sync.read_locations() as l on s.location_key = l.location_key
        where s.available > 0 and h.linked_at is not null and not exists (
          select from sync.shop_locations as m
          left join sync.locations as o on m.shop_id = o.shop_id and m.location_id = o.location_id
          where m.shop_id = h.id and m.location_key = s.location_key and o.is_active is distinct from false
        )
      ),
      'pending', (
        select to_jsonb(w) from sync.pending_changes as w
        where w.shop = h.domain and w.kind = 'inventory' and w.key = p.product_key
      ),
      'refusals', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'class', f.class, 'part', f.part, 'message', f.message,
          'remedy', format(coalesce(r.remedy, a.remedy), h.domain, p.product_key), 'ends', coalesce(r.ends, a.ends)
        ) order by f.class, f.part), '[]')
        from (
          select q.class, coalesce(n.name, nullif(q.part, '')) as part, q.message
          from sync.refusals as q
          left join sync.locations as n on q.shop_id = n.shop_id and q.part = n.location_id::text
          where q.shop_id = h.id and q.kind = 'inventory' and q.key = p.product_key
          union all
          select o.class, null as part, o.message from sync.link_obstacles as o
          where o.shop_id = h.id and o.product_key = p.product_key
          union all
          select
            sync.stock_class(p.is_known, s.available), coalesce(l.name, s.location_key),
            format(
              'The warehouse counts %s units at %s.', coalesce(trim_scale(s.available)::text, 'null'),
              coalesce(l.name, s.location_key)
            )
          from sync.read_stock(array[p.product_key]) as s
          left join sync.read_locations() as l on s.location_key = l.location_key
          where sync.stock_class(p.is_known, s.available) is not null and h.linked_at is not null
        ) as f
        left join sync.remedies as r on f.class = r.topic
        inner join sync.remedies as a on a.topic = 'OTHERWISE'
      ),
      'discrepancies', (
        select coalesce(jsonb_agg(to_jsonb(d) order by d.location), '[]') from sync.open_discrepancies as d
        where d.shop = h.domain and d.product_key = p.product_key
      ),
      'conflicts', (
        select coalesce(jsonb_agg(to_jsonb(c) order by c.found_at desc), '[]') from sync.open_level_conflicts as c
        where c.shop = h.domain and c.product_key = p.product_key
      )
    ) order by h.domain), '[]')
    from sync.shops as h
    left join sync.links as k on h.id = k.shop_id and p.product_key = k.product_key
    left join sync.variants as v on h.id = v.shop_id and k.variant_id = v.variant_id
  )
) order by p.product_key), '[]')
from (
  select f.product_key, f.sku, f.title, true as is_known from sync.find_products(p_name) as f
  union
  select k.product_key, k.sku, null::text as title, false as is_known from sync.links as k
  where k.state = 'left' and (
    k.product_key = p_name or (k.sku = btrim(p_name) and not exists (select from sync.find_products(p_name)))
  )
) as p;
end;
comment on function sync.explain_stock(text) is
'Everything that explains the numbers of one product, by SKU or warehouse key, as JSON.';
