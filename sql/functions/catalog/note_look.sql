-- A look at what the shop has changed was taken up to some moment, by Shopify's clock; what the warehouse would not
-- take of it before is offered again.
create or replace function sync.note_look(p_shop_id bigint, p_until timestamptz) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select sync.return_conflicts(p_shop_id);
update sync.catalogs as c set looked_until = greatest(c.looked_until, p_until), looked_at = clock_timestamp()
where c.shop_id = p_shop_id;
end;
comment on function sync.note_look(bigint, timestamptz) is 'Note up to when it was looked at what a shop has changed.';
