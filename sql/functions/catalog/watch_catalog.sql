-- Alerts of a shop's catalogue: fields that wait for a person, values that the warehouse does not take, prices that
-- wait.
create or replace function sync.watch_catalog(p_shop_id bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.renew_alerts('conflict_open', p_shop_id, (
    select jsonb_agg(jsonb_build_object(
      'subject', concat_ws(' ', c.key, c.field),
      'message', format('%s of %s %s: a person has to decide.', c.field, c.entity, coalesce(c.sku, c.key)),
      'detail', jsonb_build_object('conflict', c.id)
    ) order by c.id)
    from sync.field_conflict_status as c
    join sync.shops as h on h.id = p_shop_id and h.domain = c.shop
    where c.outcome = 'open'
  ));
  perform sync.renew_alerts('value_unwritten', p_shop_id, (
    select jsonb_agg(jsonb_build_object(
      'subject', concat_ws(' ', c.key, c.field),
      'message', format('%s of %s %s is not written: %s', c.field, c.entity, coalesce(c.sku, c.key), c.write_error),
      'detail', jsonb_build_object('conflict', c.id)
    ) order by c.id)
    from sync.field_conflict_status as c
    join sync.shops as h on h.id = p_shop_id and h.domain = c.shop
    where c.write_error is not null
  ));
  perform sync.renew_alerts('price_held', p_shop_id, (
    select jsonb_agg(jsonb_build_object('subject', f.key, 'message', f.message) order by f.first_at)
    from sync.refusals as f
    where f.shop_id = p_shop_id and f.kind = 'catalog' and f.class = 'UNUSUAL_PRICE'
  ));
end $$;
comment on function sync.watch_catalog(bigint) is 'Raise or clear the alerts of a shop''s catalogue.';
