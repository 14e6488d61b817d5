-- Each minute: what the subjects look at, of stock while something of a shop is refused, or was.
create or replace function sync.watch_subjects() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.watch_stock(h.id)
  from sync.shops as h
  where h.linked_at is not null and (
    exists (select from sync.refusals as f where f.shop_id = h.id and f.kind = 'inventory')
    or exists (
      select from sync.alerts as a where a.rule = 'unheld_stock' and a.shop_id = h.id and a.cleared_at is null
    )
  );
  perform sync.watch_catalog(c.shop_id) from sync.catalogs as c;
  perform sync.settle_short(p.shop_id) from sync.order_policies as p;
end $$;
comment on function sync.watch_subjects() is 'What the subjects of all kinds look at each minute.';
