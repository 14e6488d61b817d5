-- Note the products in some lines of a bulk operation that has read all of a shop's (BulkProducts.graphql), with their
-- children, wherever among its lines those are. p_channels: one that has read their sales channels
-- (BulkPublications.graphql); null: they are not known.
create or replace function sync.record_bulk_products(p_id bigint, p_channels bigint, p_first bigint, p_last bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operation sync.bulk_operations;
  v_channels bigint := (select b.download from sync.bulk_operations as b where b.id = p_channels);
  v_nodes json;
begin
  select b.* into strict v_operation from sync.bulk_operations as b where b.id = p_id;
  select json_agg(
    l.node::jsonb
    || jsonb_build_object(
      'variants', jsonb_build_object('nodes', c.variants, 'pageInfo', '{"hasNextPage": false}'::jsonb),
      'media', jsonb_build_object('nodes', c.media),
      'collections', jsonb_build_object('nodes', c.collections),
      'metafields', jsonb_build_object('nodes', c.metafields)
    )
    || case
      when v_channels is null then '{}'
      else jsonb_build_object('resourcePublicationsV2', jsonb_build_object(
        'nodes', coalesce(p.nodes, '[]'), 'pageInfo', '{"hasNextPage": false}'::jsonb
      ))
    end
    order by l.line
  ) into v_nodes
  from sync.bulk_lines as l
  cross join lateral (
    select
      coalesce(jsonb_agg(h.node order by h.line) filter (where t.type = 'ProductVariant'), '[]') as variants,
      coalesce(jsonb_agg(h.node order by h.line) filter (where t.type = 'Collection'), '[]') as collections,
      coalesce(jsonb_agg(h.node order by h.line) filter (where t.type = 'Metafield'), '[]') as metafields,
      coalesce(
        jsonb_agg(h.node order by h.line) filter (where t.type not in ('ProductVariant', 'Collection', 'Metafield')), '[]'
      ) as media
    from sync.bulk_lines as h
    cross join lateral (select split_part(h.node ->> 'id', '/', 4) as type) as t
    where h.download = l.download and h.parent = sync.gid_number(l.node ->> 'id')
  ) as c
  left join lateral (
    select jsonb_agg(h.node order by h.line) as nodes
    from sync.bulk_lines as h
    where h.download = v_channels and h.parent = sync.gid_number(l.node ->> 'id')
  ) as p on v_channels is not null
  where l.download = v_operation.download and l.parent is null and l.line between p_first and p_last;
  if v_nodes is not null then
    perform sync.record_products(v_operation.shop_id, v_operation.tick, v_nodes);
    perform sync.record_parts(v_operation.shop_id, v_operation.tick, v_nodes);
    perform sync.record_identities(v_operation.shop_id, (
      select json_agg(json_build_object(
        'product_id', sync.gid_number(n.node ->> 'id'), 'group_key', n.node #>> '{metafield,value}'
      ))
      from json_array_elements(v_nodes) as n (node)
      where n.node #>> '{metafield,value}' is not null
    ));
  end if;
end $$;
comment on function sync.record_bulk_products(bigint, bigint, bigint, bigint) is
'Note the products in some lines of a bulk operation that has read all of a shop''s.';
