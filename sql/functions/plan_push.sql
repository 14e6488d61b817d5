-- Decide what to send for the keys of a job, from the numbers of this moment, and store the requests before
-- anything is sent. Falling stock comes first. Levels that were never read are returned as one row with read_items
-- instead of a request.
create or replace function sync.plan_push(
  p_shop_id bigint, p_lane integer, p_generation bigint, p_job_id bigint, p_keys text[], p_size integer default 250
)
returns table (
  request_id bigint, idempotency_key uuid, variables json, entries integer, keys text[], read_items bigint[]
)
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
begin
  perform from sync.lanes as l
  where l.shop_id = p_shop_id and l.kind = 'inventory' and l.lane = p_lane and l.generation = p_generation
  for share;
  if not found then
    raise exception sqlstate 'SW001' using
      message = format('lane %s of shop %s was taken over by another job', p_lane, p_shop_id);
  end if;
  if exists (
    select from sync.requests as r
    where r.shop_id = p_shop_id and r.kind = 'inventory' and r.lane = p_lane and r.state = 'open'
  ) then
    raise exception sqlstate 'SW003' using
      message = format('lane %s of shop %s has a request whose answer is not known', p_lane, p_shop_id);
  end if;

  return query
  with targets as materialized (
    select c.* from sync.compute_levels(p_shop_id, p_keys) as c
    where c.tracked and not exists (
      select from sync.refusals as f
      where f.shop_id = p_shop_id and f.kind = 'inventory' and f.key = c.product_key
        and f.location_id = c.location_id and f.job_id = p_job_id
    )
  ),

  numbered as (
    select
      t.*,
      row_number() over (order by t.desired >= t.seen, t.desired, t.product_key collate "C") - 1 as place
    from targets as t
    where t.desired <> t.seen
  ),

  parts as (
    select
      nextval('sync.requests_id_seq') as id,
      gen_random_uuid() as idempotency_key,
      count(*)::integer as entries,
      array_agg(distinct n.product_key collate "C") as keys,
      json_agg(
        json_build_object(
          'inventoryItemId', 'gid://shopify/InventoryItem/' || n.inventory_item_id,
          'locationId', 'gid://shopify/Location/' || n.location_id,
          'quantity', n.desired,
          'changeFromQuantity', n.seen
        ) order by n.place
      ) as quantities
    from numbered as n
    group by n.place / p_size
  ),

  planned as (
    insert into sync.requests
    (id, shop_id, kind, lane, job_id, document, idempotency_key, variables, entries)
    overriding system value
    select
      p.id, p_shop_id, 'inventory', p_lane, p_job_id, 'InventorySetQuantities', p.idempotency_key,
      json_build_object(
        'input', json_build_object(
          'name', 'available',
          'reason', 'correction',
          'referenceDocumentUri', 'gid://shelfwire/Request/' || p.id,
          'quantities', p.quantities
        ),
        'key', p.idempotency_key
      ),
      p.entries
    from parts as p
    returning id, requests.idempotency_key, requests.variables
  )

  select l.id, l.idempotency_key, l.variables, p.entries, p.keys, null::bigint[]
  from planned as l
  join parts as p using (id)
  union all
  select null, null, null, null, array_agg(t.product_key), array_agg(distinct t.inventory_item_id)
  from targets as t
  where t.seen is null
  having count(*) > 0
  order by 1 nulls first;
end $$;
comment on function sync.plan_push(bigint, integer, bigint, bigint, text[], integer) is
'Decide what to send for some products now and store the requests, falling stock first.';
