-- An alert for each level of which a shop has sent units unbooked (order_unbooked), or that fell without an order that
-- was seen (order_unseen), the first twenty of each, until it is so no more. Runs when a shop is reconciled.
create or replace function sync.watch_orders(p_shop_id bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_seen record;
begin
  for v_seen in
    with told as (
      select 'order_unbooked' as rule, u.subject, u.message, u.units, u.product_key
      from sync.unbooked_orders as u
      where u.shop_id = p_shop_id
      union all
      select 'order_unseen' as rule, s.subject, s.message, s.units, s.product_key
      from sync.unseen_sales as s
      where s.shop_id = p_shop_id
    ),

    numbered as (
      select t.*, row_number() over (partition by t.rule order by t.units desc, t.subject) as number from told as t
    )

    select
      coalesce(n.rule, a.rule) as rule, coalesce(n.subject, a.subject) as subject, n.message, n.units, n.product_key
    from (select * from numbered where number <= 20) as n
    full join (
      select o.rule, o.subject from sync.alerts as o
      where o.rule in ('order_unbooked', 'order_unseen') and o.shop_id = p_shop_id and o.cleared_at is null
    ) as a on n.rule = a.rule and n.subject = a.subject
    order by 1, 2
  loop
    if v_seen.message is null then
      perform sync.clear_alert(v_seen.rule, p_shop_id, v_seen.subject);
    else
      perform sync.raise_alert(
        v_seen.rule, p_shop_id, v_seen.subject, v_seen.message,
        jsonb_build_object('product_key', v_seen.product_key, 'units', v_seen.units)
      );
    end if;
  end loop;
end $$;
comment on function sync.watch_orders(bigint) is
'Raise or clear order_unbooked and order_unseen for each level of a shop.';
