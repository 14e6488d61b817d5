-- Note how a request ended. Applied: its quantities are what Shopify holds now,
-- and correct what reconciling had found wrong. Rejected: the levels named in
-- p_refusals ([{index, class, message, remedy}]) are refused; nothing of the request was written. Abandoned: its
-- fate is settled by reading the levels anew. A second answer changes nothing.
create or replace function sync.record_answer(
  p_request_id bigint, p_state text, p_answer json, p_refusals json default '[]'
)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_request sync.requests;
begin
  update sync.requests
  set state = p_state, answer = p_answer, answered_at = clock_timestamp()
  where id = p_request_id and state = 'open'
  returning * into v_request;
  if not found then
    return false;
  end if;

  if p_state = 'applied' then
    update sync.levels as l
    set
      available = e.quantity,
      acknowledged = e.quantity,
      acknowledged_at = v_request.answered_at,
      seen_at = v_request.answered_at,
      request_id = p_request_id
    from sync.request_entries(v_request.variables) as e
    where
      l.shop_id = v_request.shop_id
      and l.inventory_item_id = e.inventory_item_id
      and l.location_id = e.location_id;
    update sync.locations as o
    set is_managed = true
    where o.shop_id = v_request.shop_id and not o.is_managed
      and o.location_id in (select e.location_id from sync.request_entries(v_request.variables) as e);
    update sync.discrepancies as d
    set corrected_at = v_request.answered_at, corrected_by = p_request_id
    from sync.request_entries(v_request.variables) as e
    where
      d.shop_id = v_request.shop_id
      and d.inventory_item_id = e.inventory_item_id
      and d.location_id = e.location_id
      and d.corrected_at is null and d.vanished_at is null;
  end if;

  perform sync.refuse(
    v_request.shop_id, k.product_key, e.location_id, f.class, f.message, f.remedy, v_request.job_id, p_request_id
  )
  from json_to_recordset(p_refusals) as f (index integer, class text, message text, remedy text)
  join sync.request_entries(v_request.variables) as e on e.index = f.index
  join sync.links as k on k.shop_id = v_request.shop_id and k.inventory_item_id = e.inventory_item_id;
  return true;
end $$;
comment on function sync.record_answer(bigint, text, json, json) is
'Note how a request ended; false if that was known already.';
