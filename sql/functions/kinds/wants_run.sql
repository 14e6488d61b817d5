-- Whether a shop has anything for a scheduled run of a kind to do.
create or replace function sync.wants_run(p_run_kind text, p_shop_id bigint) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select exists (
  select from sync.shops as h where h.id = p_shop_id and (h.linked_at is not null or p_run_kind = 'link')
) and (p_run_kind <> 'sync_products' or sync.is_followed('catalog', p_shop_id));
end;
comment on function sync.wants_run(text, bigint) is 'Whether a shop has anything for a scheduled run of a kind to do.';
