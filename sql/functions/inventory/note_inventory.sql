-- What the answer to a request means for levels. Applied: its quantities are what Shopify holds now, and correct what
-- reconciling had found wrong; what an undo restores is wrong again. The levels named in p_refusals
-- ([{index, class, message}]) are refused.
create or replace function sync.note_inventory(p_request sync.requests, p_refusals json) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_items bigint[];
  v_locations bigint[];
  v_quantities integer[];
  v_tick bigint := nextval('sync.ticks');
begin
  if p_request.state = 'applied' then
    -- Arrays: read once, and joined to by key, for the planner takes a function's rows for many.
    select array_agg(e.inventory_item_id), array_agg(e.location_id), array_agg(e.quantity)
    into v_items, v_locations, v_quantities
    from (
      select * from sync.level_entries(p_request.variables) as r order by r.inventory_item_id, r.location_id
    ) as e;
    update sync.levels as l
    set
      available = e.quantity,
      acknowledged = e.quantity,
      acknowledged_at = p_request.answered_at,
      -- Shopify held what we had seen: no order came that further falls might book.
      fallen = least(l.fallen, greatest(l.committed - l.committed_counted, 0)),
      -- While nothing is owed what we set is what the warehouse counts: what orders to come are compared with.
      counted = case
        when l.committed > l.committed_counted or l.unbooked > 0 or p_request.run_id is not null then l.counted
        else e.quantity
      end,
      seen_at = p_request.answered_at,
      seen_tick = v_tick,
      request_id = p_request.id
    from unnest(v_items, v_locations, v_quantities) as e (inventory_item_id, location_id, quantity)
    where
      l.shop_id = p_request.shop_id
      and l.inventory_item_id = e.inventory_item_id
      and l.location_id = e.location_id;
    update sync.locations as o
    set is_managed = true
    where o.shop_id = p_request.shop_id and not o.is_managed and o.location_id = any (v_locations);
    -- What an undo restores is wrong as it was found, until it is corrected anew.
    if p_request.run_id is not null then
      update sync.level_discrepancies as d
      set corrected_at = null, corrected_by = null
      from (
        select distinct on (q.inventory_item_id, q.location_id) q.id, q.found = e.quantity as is_restored
        from sync.level_discrepancies as q
        join unnest(v_items, v_locations, v_quantities) as e (inventory_item_id, location_id, quantity)
          on e.inventory_item_id = q.inventory_item_id and e.location_id = q.location_id
        where q.shop_id = p_request.shop_id
        order by q.inventory_item_id, q.location_id, q.id desc
      ) as l
      where d.id = l.id and l.is_restored and d.corrected_at is not null;
    end if;
    update sync.level_discrepancies as d
    set corrected_at = p_request.answered_at, corrected_by = p_request.id
    where p_request.run_id is null and d.ctid = any (array(
      select q.ctid from sync.level_discrepancies as q
      join unnest(v_items, v_locations) as e (inventory_item_id, location_id)
        on e.inventory_item_id = q.inventory_item_id and e.location_id = q.location_id
      where q.shop_id = p_request.shop_id and q.corrected_at is null and q.vanished_at is null
      for update of q skip locked  -- who compares notes, then marks
    ));
  end if;

  if p_request.state <> 'applied' and p_request.run_id is null then
    -- Nothing was lost after all; what somebody had cleared was not counted.
    perform sync.count_losses(
      row(p_request.shop_id, p_request.kind, p_request.lane, null, null)::sync.turn,
      count(*) filter (where e.quantity > 0 and e.change_from_quantity <= 0),
      count(*) filter (where e.quantity <= 0 and e.change_from_quantity > 0)
    )
    from sync.level_entries(p_request.variables) as e
    left join sync.linked_items as k on k.shop_id = p_request.shop_id and k.inventory_item_id = e.inventory_item_id
    where not exists (
      select from sync.pending as p
      where p.shop_id = k.shop_id and p.kind = 'inventory' and p.key = k.product_key and p.cleared
    );
  end if;

  if json_array_length(p_refusals) > 0 then
    -- An item that a product has left behind and that is no more is what it was to be.
    delete from sync.departed_items as d
    using json_to_recordset(p_refusals) as f (index integer, class text)
    join sync.level_entries(p_request.variables) as e on e.index = f.index
    where f.class = 'INVALID_INVENTORY_ITEM' and d.shop_id = p_request.shop_id
      and d.inventory_item_id = e.inventory_item_id;
    perform sync.refuse(
      p_request.shop_id, 'inventory', k.product_key, e.location_id::text, f.class, f.message, p_request.job_id,
      p_request.id
    )
    from json_to_recordset(p_refusals) as f (index integer, class text, message text)
    join sync.level_entries(p_request.variables) as e on e.index = f.index
    join sync.linked_items as k on k.shop_id = p_request.shop_id and k.inventory_item_id = e.inventory_item_id;
  end if;

  if exists (
    select from sync.departed_items as d where d.shop_id = p_request.shop_id and d.product_key = any (p_request.keys)
  ) then
    perform sync.forget_departed(p_request.shop_id, p_request.keys);
  end if;
end $$;
comment on function sync.note_inventory(sync.requests, json) is 'What the answer to a request means for levels.';
