-- Roles belong to the whole cluster: another database may have made them already.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['sync_runner', 'sync_reporting'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
      begin
        execute format('create role %I nologin', v_role);
      exception when duplicate_object or unique_violation then
        null;  -- Another database was faster.
      end;
    end if;
  end loop;
end $$;
grant usage on schema sync, pgqueuer to sync_runner;
grant select, insert, update, delete on all tables in schema pgqueuer to sync_runner;
grant usage, select, update on all sequences in schema pgqueuer to sync_runner;
grant usage on schema sync to sync_reporting;
comment on schema sync is 'Shelfwire: keeps Shopify shops in step with the warehouse tables of this database.';

create table sync.shops (
  id bigint generated always as identity primary key,
  domain text not null unique,
  url text not null,
  grant_type text not null,
  client_id text,
  secret bytea not null,
  access_token bytea,
  access_token_expires_at timestamptz,
  name text,
  currency text,
  mode text not null default 'monitor',
  scopes text[] not null default '{}',
  created_at timestamptz not null default now(),
  verified_at timestamptz,
  linked_at timestamptz,
  constraint domain_is_of_shopify check (domain ~ '^[a-z0-9][a-z0-9-]*\.myshopify\.com$'),
  constraint mode_is_known check (mode in ('off', 'monitor', 'live')),
  constraint grant_type_is_known check (grant_type in ('token', 'client_credentials')),
  constraint client_credentials_have_client_id check ((grant_type = 'client_credentials') = (client_id is not null))
);
comment on table sync.shops is 'Shopify shops that this warehouse supplies. Secrets are encrypted by the runner.';
comment on column sync.shops.url is 'Where the Admin API answers: https:// and the domain, or the address of a sandbox.';
comment on column sync.shops.mode is
'off: changes wait. monitor: the whole path runs, but nothing is written to Shopify. live: Shopify is kept in step.';
comment on column sync.shops.secret is 'The admin token or the client secret, encrypted.';
comment on column sync.shops.access_token is 'The token that the client credentials grant gave last, encrypted.';

create table sync.locations (
  shop_id bigint not null references sync.shops on delete cascade,
  location_id bigint not null,
  name text not null,
  is_active boolean not null,
  is_managed boolean not null default false,
  read_at timestamptz not null,
  primary key (shop_id, location_id)
);
comment on table sync.locations is 'Locations of a shop as Shopify last showed them.';
comment on column sync.locations.is_managed is 'Whether Shopify ever took a number from us here.';

create table sync.shop_locations (
  shop_id bigint not null references sync.shops on delete cascade,
  location_key text not null,
  location_id bigint,
  primary key (shop_id, location_key),
  foreign key (shop_id, location_id) references sync.locations
);
comment on table sync.shop_locations is
'Which Shopify location shows the stock of which warehouse location. Several may map to one; '
'null means that this stock is not offered in the shop.';

create table sync.variants (
  shop_id bigint not null references sync.shops on delete cascade,
  variant_id bigint not null,
  product_id bigint not null,
  inventory_item_id bigint not null,
  sku text,
  title text not null,
  tracked boolean not null,
  read_at timestamptz not null,
  primary key (shop_id, variant_id)
);
create index variants_shop_id_sku_idx on sync.variants (shop_id, sku);
create index variants_shop_id_inventory_item_id_idx on sync.variants (shop_id, inventory_item_id);
comment on table sync.variants is 'Variants of a shop as Shopify last showed them.';

create table sync.links (
  shop_id bigint not null references sync.shops on delete cascade,
  product_key text collate "C" not null,
  sku text,
  state text not null,
  reason text,
  variant_id bigint,
  inventory_item_id bigint,
  changed_at timestamptz not null default now(),
  primary key (shop_id, product_key),
  constraint state_is_known check (state in ('ok', 'broken', 'ambiguous')),
  constraint ok_has_variant check ((state = 'ok') = (inventory_item_id is not null and variant_id is not null)),
  constraint not_ok_has_reason check ((state = 'ok') = (reason is null)),
  -- Checked at the end of a statement, so that two products may swap their SKUs.
  constraint item_has_one_product unique (shop_id, inventory_item_id) deferrable
);
comment on table sync.links is
'Which warehouse product is which Shopify variant, found by SKU. Never guessed: a blank, doubled or '
'vanished SKU leaves the product broken or ambiguous, with the reason.';

create table sync.levels (
  shop_id bigint not null references sync.shops on delete cascade,
  inventory_item_id bigint not null,
  location_id bigint not null,
  available integer not null,
  committed integer not null default 0,
  committed_counted integer not null default 0,
  seen_at timestamptz not null,
  available_before integer,
  committed_before integer,
  moved_at timestamptz,
  request_id bigint,
  acknowledged integer,
  acknowledged_at timestamptz,
  primary key (shop_id, inventory_item_id, location_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
comment on table sync.levels is
'Inventory levels as last seen at Shopify: the base of every compare-and-set.';
comment on column sync.levels.available is
'Units Shopify last said it offers, or that it acknowledged from us; whichever came later.';
comment on column sync.levels.committed is 'Units Shopify last said it owes to orders.';
comment on column sync.levels.committed_counted is
'The part of committed that the warehouse counts as well. The rest belongs to orders that have not been '
'imported: those units are still on the shelf but already sold, so they are not offered again.';
comment on column sync.levels.moved_at is
'When Shopify was last found to hold otherwise than we had seen before; available_before and committed_before are '
'what we had seen, null on first sight.';
comment on column sync.levels.request_id is 'The last request that carried this level.';
comment on column sync.levels.acknowledged is 'Units Shopify last acknowledged from us.';

--! include adapter/detached.sql
-- The source objects while no warehouse is attached: the fixed column lists, without rows.
create or replace view sync.source_products as
select null::text as product_key, null::text as sku, null::text as title where false;
comment on view sync.source_products is 'adapter: products of the warehouse; none is attached.';

create or replace view sync.source_locations as
select null::text as location_key, null::text as name where false;
comment on view sync.source_locations is 'adapter: locations of the warehouse; none is attached.';

create or replace view sync.source_items as
select null::text as product_key, null::text as location_key, null::text as state, null::numeric as units where false;
comment on view sync.source_items is 'adapter: shipment items of the warehouse; none is attached.';

create or replace function sync.read_stock(p_keys text[])
returns table (product_key text, location_key text, available integer, reserved integer, committed integer)
language sql stable security definer
set search_path = ''
as $$ select null::text, null::text, 0, 0, 0 where false $$;
comment on function sync.read_stock(text[]) is 'adapter: units of some products by location; no warehouse is attached.';
--! end

--! include views/managed_locations.sql
-- The Shopify locations whose numbers are ours: those that are mapped, and those that were. What a location no longer
-- shows must become 0 there, or the same units would be offered twice.
create or replace view sync.managed_locations as
select shop_id, location_id from sync.shop_locations where location_id is not null
union
select shop_id, location_id from sync.locations where is_managed;
comment on view sync.managed_locations is 'The Shopify locations whose numbers are ours: mapped now, or pushed to before.';
--! end

--! include functions/whole_units.sql
-- A sum of units as Shopify counts: whole units, a part of one is none. Beyond two thousand million either way it
-- is cut off, so that one absurd row stops nothing: Shopify refuses that number, and the product alone.
create or replace function sync.whole_units(p_units numeric) returns integer
language sql immutable parallel safe
return greatest(least(pg_catalog.floor(coalesce(p_units, 0)), 2000000000), -2000000000)::integer;
comment on function sync.whole_units(numeric) is 'A sum of units as whole units within the range of an integer.';
--! end

--! include views/available_inventory.sql
-- Units of every product at every warehouse location, counted from the warehouse's own rows.
create or replace view sync.available_inventory as
select
  i.product_key,
  p.sku,
  p.title,
  i.location_key,
  l.name as location,
  sync.whole_units(sum(i.units) filter (where i.state = 'available')) as available,
  sync.whole_units(sum(i.units) filter (where i.state = 'reserved')) as reserved,
  sync.whole_units(sum(i.units) filter (where i.state = 'committed')) as committed
from sync.source_items as i
left join sync.source_products as p on i.product_key = p.product_key
left join sync.source_locations as l on i.location_key = l.location_key
group by i.product_key, p.sku, p.title, i.location_key, l.name;
comment on view sync.available_inventory is
'Units of every product at every warehouse location: available, reserved and committed.';
--! end
