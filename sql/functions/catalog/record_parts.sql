-- Note parts of products as Shopify showed them (nodes of the Admin API), read by a call that began with p_tick:
-- metafields, collections, sales channels, images. Of collections and channels only those are seen that the product is
-- in because of us, or could be. What was sent and not seen since is agreed on as it is shown. An image that could not
-- be fetched is a refusal, until all were.
create or replace function sync.record_parts(p_shop_id bigint, p_tick bigint, p_nodes json) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_refused bigint[];
begin
  update sync.products as p
  set
    collections = case when (n.node #>> '{collections,pageInfo,hasNextPage}')::boolean then null else array(
      select sync.gid_number(c.node ->> 'id')
      from json_array_elements(n.node #> '{collections,nodes}') as c (node) order by 1
    ) end,
    media = (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', sync.gid_number(i.node ->> 'id'), 'alt', i.node ->> 'alt', 'status', i.node ->> 'status',
        'problem', sync.media_problem(i.node)
      ) order by i.place), '[]')
      from json_array_elements(n.node #> '{media,nodes}') with ordinality as i (node, place)
    ),
    metafields = (
      select coalesce(jsonb_object_agg(concat_ws('.', m.node ->> 'namespace', m.node ->> 'key'), m.node ->> 'value'), '{}')
      from json_array_elements(n.node #> '{metafields,nodes}') as m (node)
    )
  from json_array_elements(p_nodes) as n (node)
  where p.shop_id = p_shop_id and p.product_id = sync.gid_number(n.node ->> 'id') and p.read_tick <= p_tick;
  perform sync.record_publications(p_shop_id, (
    select json_agg(n.node) from json_array_elements(p_nodes) as n (node)
    where not (n.node #>> '{resourcePublicationsV2,pageInfo,hasNextPage}')::boolean
  ));

  update sync.product_links as k
  set
    collections = array(
      select sync.gid_number(c.node ->> 'id') from json_array_elements(n.node #> '{collections,nodes}') as c (node)
    ),
    parts_at = clock_timestamp(),
    reads_parts = false
  from json_array_elements(p_nodes) as n (node)
  where k.shop_id = p_shop_id and k.product_id = sync.gid_number(n.node ->> 'id') and exists (
    select from sync.field_bases as b
    where b.shop_id = k.shop_id and b.entity = 'product' and b.key = k.group_key and b.seen_tick <= p_tick
  );

  -- Of a product that a bulk operation has made no answer showed the images: they are those it was made with, in their
  -- order.
  insert into sync.catalog_media as m (shop_id, group_key, url, media_id)
  select p_shop_id, k.group_key, f.file ->> 'originalSource', sync.gid_number(i.node ->> 'id')
  from json_array_elements(p_nodes) as n (node)
  join sync.product_links as k on k.shop_id = p_shop_id and k.product_id = sync.gid_number(n.node ->> 'id')
  cross join lateral (
    select r.variables #> '{input,files}' as files
    from sync.field_writes as w
    join sync.requests as r on r.id = w.request_id
    where w.entity = 'product' and w.key = k.group_key and r.shop_id = p_shop_id and r.kind = 'catalog'
      and r.document = 'ProductSet' and r.state = 'applied' and r.variables #> '{identifier,customId}' is not null
    order by r.id desc
    limit 1
  ) as r
  cross join json_array_elements(r.files) with ordinality as f (file, place)
  join json_array_elements(n.node #> '{media,nodes}') with ordinality as i (node, place) on i.place = f.place
  where json_array_length(r.files) = json_array_length(n.node #> '{media,nodes}')
    and f.file ->> 'originalSource' is not null
    and not exists (
      select from sync.catalog_media as o where o.shop_id = p_shop_id and o.group_key = k.group_key
    )
  on conflict (shop_id, group_key, url) do nothing;

  update sync.catalog_media as m
  set
    status = i.node ->> 'status',
    problem = sync.media_problem(i.node)
  from json_array_elements(p_nodes) as n (node)
  cross join json_array_elements(n.node #> '{media,nodes}') as i (node)
  join sync.product_links as k on k.shop_id = p_shop_id and k.product_id = sync.gid_number(n.node ->> 'id')
  where m.shop_id = k.shop_id and m.group_key = k.group_key and m.media_id = sync.gid_number(i.node ->> 'id');

  update sync.field_bases as b
  set
    seen = b.seen || s.seen,
    theirs = b.theirs || (
      select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(s.seen) as f
      where b.ours ? f.key and not b.theirs ? f.key
    )
  from (
    select k.group_key, sync.shown_parts(k, n.node) as seen
    from json_array_elements(p_nodes) as n (node)
    join sync.product_links as k on k.shop_id = p_shop_id and k.product_id = sync.gid_number(n.node ->> 'id')
  ) as s
  where b.shop_id = p_shop_id and b.entity = 'product' and b.key = s.group_key and b.seen_tick <= p_tick;

  with judged as (
    select
      k.group_key,
      string_agg(format('%s: %s', m.url, coalesce(m.problem, 'not processed')), '; ' order by m.url)
        filter (where m.url is not null) as failures
    from json_array_elements(p_nodes) as n (node)
    join sync.product_links as k on k.shop_id = p_shop_id and k.product_id = sync.gid_number(n.node ->> 'id')
    left join sync.catalog_media as m
      on m.shop_id = k.shop_id and m.group_key = k.group_key and m.status = 'FAILED' and m.media_id = any (k.media)
    group by k.group_key
  ),

  ended as (
    delete from sync.refusals as f
    using judged as j
    where f.shop_id = p_shop_id and f.kind = 'catalog' and f.key = j.group_key and f.part = 'media'
      and j.failures is null
  )

  select array_agg(sync.refuse(
    p_shop_id, 'catalog', j.group_key, 'media', 'IMAGE_FAILED', j.failures, null, null
  )) into v_refused
  from judged as j where j.failures is not null;
end $$;
comment on function sync.record_parts(bigint, bigint, json) is 'Note parts of products as Shopify showed them.';
