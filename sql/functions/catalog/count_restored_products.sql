-- An undo has sent what it could of the catalogue: its products are pending again, visibly and held, for the warehouse
-- still says otherwise.
create or replace function sync.count_restored_products(p_run_id bigint, p_undo_id bigint)
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
      w.group_key,
      exists (
        select from sync.requests as r
        where r.run_id = p_undo_id and r.state = 'applied' and r.kind = 'catalog' and r.keys @> array[w.group_key]
      ) as is_restored,
      exists (
        select from sync.refusals as f
        join sync.requests as r on r.id = f.request_id and r.run_id = p_undo_id
        where f.shop_id = v_shop_id and f.kind = 'catalog' and f.key = w.group_key
      ) as is_refused
    from sync.products_written(p_run_id) as w
  )

  select
    count(*)::integer,
    (count(*) filter (where s.is_restored and not s.is_refused))::integer,
    (count(*) filter (where s.is_refused))::integer,
    (count(*) filter (where not s.is_refused and not s.is_restored))::integer,
    array_agg(s.group_key)
  into written, restored, refused, changed, v_keys
  from results as s;
  perform sync.touch_products(v_shop_id, v_keys) where v_keys is not null;
  return next;
end $$;
comment on function sync.count_restored_products(bigint, bigint) is
'What an undo has come to: products the run had written, restored, refused, and left as they have changed since.';
