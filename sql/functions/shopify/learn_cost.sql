-- Keep what a document costs, as an answer has said. What was learned of another version of it is forgotten.
create or replace function sync.learn_cost(
  p_shop_id bigint, p_document text, p_version text, p_predicted integer, p_requested integer, p_sizes json
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from sync.document_costs as d
  where d.shop_id = p_shop_id and d.document = p_document and d.version <> p_version;
  insert into sync.document_costs as d (shop_id, document, predicted, requested, version, sizes)
  values (p_shop_id, p_document, p_predicted, p_requested, p_version, p_sizes::jsonb)
  on conflict (shop_id, document, predicted) do update
  set requested = excluded.requested, version = excluded.version, sizes = excluded.sizes, noted_at = clock_timestamp();
end $$;
comment on function sync.learn_cost(bigint, text, text, integer, integer, json) is
'Keep what a document of a version was predicted to cost and what Shopify asked for it, in points.';
