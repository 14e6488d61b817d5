-- loses: sync.shops, locations, shop_locations, variants, links, levels
-- The roles stay: they belong to the whole cluster and another database may use them.
drop view sync.available_inventory, sync.managed_locations;
drop function sync.read_stock(text[]);
drop view sync.source_items, sync.source_locations, sync.source_products;
drop function sync.whole_units(numeric);
drop table sync.levels, sync.links, sync.variants, sync.shop_locations, sync.locations, sync.shops;
comment on schema sync is null;
revoke usage on schema sync from sync_reporting;
revoke all on all sequences in schema pgqueuer from sync_runner;
revoke all on all tables in schema pgqueuer from sync_runner;
revoke usage on schema sync, pgqueuer from sync_runner;
