-- An alert for each level of a shop whose units are out of our hands (unheld_stock), the first twenty of many. Runs
-- when a shop is linked or reconciled, and each minute while something is refused.
create or replace function sync.watch_stock(p_shop_id bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry text;
begin
  perform sync.renew_alerts('unheld_stock', p_shop_id, (
    select jsonb_agg(
      jsonb_build_object(
        'subject', u.subject, 'message', u.message,
        'detail', jsonb_build_object('product_key', u.product_key, 'units', u.units)
      )
      order by u.units desc, u.subject
    )
    from sync.unheld_stock(p_shop_id) as u
  ));
exception when sqlstate 'SW007' then
  get stacked diagnostics v_entry = pg_exception_detail;
  perform sync.note_fault(v_entry, sqlerrm);
end $$;
comment on function sync.watch_stock(bigint) is
'Raise or clear unheld_stock for each level of a shop whose units are out of our hands.';
