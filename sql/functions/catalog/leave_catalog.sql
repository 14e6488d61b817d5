-- A shop's catalogue is its own again: nothing is written to it any more, and all that was agreed is forgotten. Stock
-- goes on. False if it was already.
create or replace function sync.leave_catalog(p_shop_id bigint) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from sync.catalogs as c where c.shop_id = p_shop_id;
  if not found then
    return false;
  end if;
  delete from sync.pending as p where p.shop_id = p_shop_id and p.kind = 'catalog';
  delete from sync.refusals as f where f.shop_id = p_shop_id and f.kind = 'catalog';
  delete from sync.product_links as k where k.shop_id = p_shop_id;
  delete from sync.catalog_variants as m where m.shop_id = p_shop_id;
  delete from sync.catalog_media as m where m.shop_id = p_shop_id;
  delete from sync.catalog_collections as o where o.shop_id = p_shop_id;
  delete from sync.field_bases as b where b.shop_id = p_shop_id and b.entity in ('product', 'variant');
  update sync.field_conflicts as c
  set
    outcome = coalesce(c.outcome, 'theirs'), decided_by = coalesce(c.decided_by, 'the end of following'),
    decided_at = coalesce(c.decided_at, clock_timestamp()), write_error = null
  where c.shop_id = p_shop_id and c.entity in ('product', 'variant')
    and (c.outcome is null or c.write_error is not null);
  perform sync.watch_catalog(p_shop_id);
  perform sync.note_event(p_shop_id, 'catalog_left', '', 'The catalogue no longer follows the warehouse.');
  return true;
end $$;
comment on function sync.leave_catalog(bigint) is 'Let a shop''s catalogue be its own again; false if it was.';
