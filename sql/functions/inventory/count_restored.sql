-- An undo has sent what it could of levels: their products are pending again, visibly and held, for the warehouse still
-- says otherwise.
create or replace function sync.count_restored(p_run_id bigint, p_undo_id bigint)
returns table (written integer, restored integer, refused integer, changed integer)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_shop_id bigint;
  v_keys text[];
begin
  select u.shop_id into strict v_shop_id from sync.runs as u where u.id = p_undo_id;
  with results as (
    select
      w.*,
      exists (
        select from sync.requests as r
        cross join sync.level_entries(r.variables) as q
        where r.run_id = p_undo_id and r.state = 'applied'
          and q.inventory_item_id = w.inventory_item_id and q.location_id = w.location_id
      ) as is_restored,
      exists (
        select from sync.refusals as f
        join sync.requests as r on r.id = f.request_id and r.run_id = p_undo_id
        where f.shop_id = v_shop_id and f.kind = 'inventory' and f.key = w.product_key and f.part = w.location_id::text
      ) as is_refused
    from sync.levels_written(p_run_id) as w
  )

  select
    count(*)::integer,
    (count(*) filter (where s.is_restored))::integer,
    (count(*) filter (where s.is_refused and not s.is_restored))::integer,
    (count(*) filter (where not s.is_refused and not s.is_restored))::integer,
    array_agg(distinct s.product_key)
  into written, restored, refused, changed, v_keys
  from results as s;
  if v_keys is not null then
    perform sync.mark_inventory(v_shop_id, v_keys, array_fill(now(), array[cardinality(v_keys)]));
  end if;
  return next;
end $$;
comment on function sync.count_restored(bigint, bigint) is
'What an undo has come to: levels the run had set, restored, refused, and left because they have changed since.';
