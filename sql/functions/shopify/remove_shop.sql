-- Forget a shop, everything known of it, and its jobs. In Shopify nothing changes.
create or replace function sync.remove_shop(p_shop_id bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from sync.lanes as l where l.shop_id = p_shop_id order by l.kind, l.lane for update;
  delete from pgqueuer.pgqueuer as j
  where j.entrypoint in (select l.entrypoint from sync.lanes as l where l.shop_id = p_shop_id);
  delete from sync.shops as h where h.id = p_shop_id;
end $$;
comment on function sync.remove_shop(bigint) is 'Forget a shop, everything known of it, and its jobs.';
