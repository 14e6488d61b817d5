create table sync.levels (
  shop_id bigint not null references sync.shops on delete cascade,
  inventory_item_id bigint not null,
  location_id bigint not null,
  available integer not null,
  committed integer not null default 0,
  committed_counted integer not null default 0,
  seen_at timestamptz not null,
  seen_tick bigint not null,
  available_before integer,
  committed_before integer,
  moved_tick bigint,
  counted integer,
  fallen integer not null default 0,
  unbooked integer not null default 0,
  unbooked_at timestamptz,
  request_id bigint,
  acknowledged integer,
  acknowledged_at timestamptz,
  primary key (shop_id, inventory_item_id, location_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
-- The few that orders are open of: asked for with every push.
create index levels_owed_idx on sync.levels (shop_id)
where committed > committed_counted or unbooked > 0;
comment on table sync.levels is
'Inventory levels as last seen at Shopify: the base of every compare-and-set.';
comment on column sync.levels.available is
'Units Shopify last said it offers, or that it acknowledged from us; whichever came later.';
comment on column sync.levels.committed is 'Units Shopify last said it owes to orders.';
comment on column sync.levels.committed_counted is
'The part of committed that the warehouse counts as well. The rest belongs to orders that have not been '
'imported: those units are still on the shelf but already sold, so they are not offered again.';
comment on column sync.levels.counted is
'What the warehouse counted: when it was last looked at while units are owed (count_shelf), else as last acknowledged, or '
'as last noted in mode monitor. As long as nothing of the product is uncertain (uncertain_products) it counts that now.';
comment on column sync.levels.fallen is
'By how many units counted has fallen since units are owed that have not been imported: as many may have been booked. '
'Cut to what is owed wherever Shopify shows what that is.';
comment on column sync.levels.unbooked is
'Units sent to customers before the warehouse counted fewer: not offered again until it does, for a day at most.';
comment on column sync.levels.unbooked_at is 'When units were last sent so.';
comment on column sync.levels.seen_tick is 'The tick of seen_at: of two readings or answers the one with the greater counts.';
comment on column sync.levels.moved_tick is
'The tick when Shopify was last found to hold otherwise than we had seen before; available_before and committed_before are '
'what we had seen, null on first sight.';
comment on column sync.levels.request_id is 'The last request that carried this level.';
comment on column sync.levels.acknowledged is 'Units Shopify last acknowledged from us.';
