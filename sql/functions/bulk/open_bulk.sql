-- The bulk operation that somebody goes on with, or a new one. One that has failed is left as it is. p_requests: of
-- one that writes, what its lines carry.
create or replace function sync.open_bulk(
  p_shop_id bigint, p_type text, p_document text, p_owner text, p_requests bigint[] default null
)
returns sync.bulk_operations
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operation sync.bulk_operations;
begin
  insert into sync.bulk_operations (shop_id, type, document, owner, requests)
  values (p_shop_id, p_type, p_document, p_owner, p_requests)
  on conflict (shop_id, owner, document) where ended_at is null do nothing;
  select b.* into strict v_operation
  from sync.bulk_operations as b
  where b.shop_id = p_shop_id and b.owner = p_owner and b.document = p_document and b.ended_at is null;
  return v_operation;
end $$;
comment on function sync.open_bulk(bigint, text, text, text, bigint[]) is
'The bulk operation that somebody goes on with, or a new one.';
