-- Decide what to send for the groups of a job, from what the warehouse says at this moment, and store the requests
-- before anything is sent: steps send. A product that was not just seen at Shopify is a step read: what somebody has
-- changed there is found before it is written over. In mode monitor sync.product_shadows takes what would have been
-- stored. When the guard stops the push, or the kind is held or off by now, nothing is stored, and the step is held.
create or replace function sync.prepare_catalog(p_turn sync.turn, p_keys text[]) returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_mode text;
  v_entry text;
  v_cleared text[];
  v_keys text[];
  v_product record;
  v_since timestamptz := sync.seen_since(p_turn);
begin
  if coalesce(cardinality(p_keys), 0) = 0 then
    return;
  end if;
  v_mode := sync.enter_push(p_turn);
  if v_mode = 'held' then
    return next sync.a_step('held', p_keys);
    return;
  end if;
  v_cleared := array(
    select p.key from sync.pending as p
    where p.shop_id = p_turn.shop_id and p.kind = 'catalog' and p.key = any (p_keys) and p.cleared
  );
  -- What the shop has already is not made a second time.
  perform sync.adopt_groups(p_turn.shop_id, v_new)
  from (
    select array_agg(k.key) as v_new from unnest(p_keys) as k (key)
    where not exists (
      select from sync.product_links as l where l.shop_id = p_turn.shop_id and l.group_key = k.key and l.product_id is not null
    )
  ) as n
  where v_new is not null;
  v_keys := array(
    select k.key from unnest(sync.keys_in_lane(p_turn, p_keys)) as k (key)
    where not exists (
      select from sync.refusals as f
      where f.shop_id = p_turn.shop_id and f.kind = 'catalog' and f.key = k.key and f.part = ''
        and f.job_id = p_turn.job_id
    )
  );
  -- What was not seen since the keys were taken is read before anything else is asked of it.
  for v_product in
    select l.group_key as key, l.product_id
    from sync.product_links as l
    left join sync.field_bases as b on b.shop_id = l.shop_id and b.entity = 'product' and b.key = l.group_key
    where l.shop_id = p_turn.shop_id and l.group_key = any (v_keys) and l.product_id is not null
      and coalesce(b.seen_at < v_since, true)
    order by l.group_key
  loop
    return next sync.a_step('read', array[v_product.key], null, array[v_product.product_id]);
    v_keys := array_remove(v_keys, v_product.key);
  end loop;
  if v_keys = '{}' then
    return;
  end if;
  for v_product in
    select k.key, c.fields, c.variants, c.problems, l.product_id, l.state
    from unnest(v_keys) as k (key)
    left join sync.compute_products(p_turn.shop_id, v_keys) as c on c.group_key = k.key
    left join sync.product_links as l on l.shop_id = p_turn.shop_id and l.group_key = k.key
    order by c.fields is not null, k.key
  loop
    if v_product.fields is null then
      return query select s.* from sync.prepare_removal(p_turn, v_mode, v_product.key, v_product.key = any (v_cleared)) as s;
    elsif not sync.check_product(
      p_turn, v_product.key, v_product.fields, v_product.variants, v_product.key = any (v_cleared)
    ) then
      continue;
    elsif v_product.product_id is null then
      return query select s.*
      from sync.prepare_creation(p_turn, v_mode, v_product.key, v_product.fields, v_product.variants) as s;
    else
      return query select s.*
      from sync.prepare_update(p_turn, v_mode, v_product.key, v_product.fields, v_product.variants) as s;
    end if;
    perform sync.refuse(
      p_turn.shop_id, 'catalog', v_product.key, f.part, f.class, f.messages, p_turn.job_id, null
    )
    from (
      select p.part, p.class, string_agg(p.message, '; ' order by p.message) as messages
      from jsonb_to_recordset(v_product.problems) as p (part text, class text, message text)
      group by p.part, p.class
    ) as f;
  end loop;
exception when sqlstate 'SW007' then
  get stacked diagnostics v_entry = pg_exception_detail;
  perform sync.note_fault(v_entry, sqlerrm);
  return next sync.a_step('held', p_keys);
end $$;
comment on function sync.prepare_catalog(sync.turn, text[]) is
'Decide what to send for some groups of products now and store the requests.';
