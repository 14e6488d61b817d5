-- What the answer to a request of the catalogue means. Applied: the product is as it answered, and what was sent is
-- agreed on; what else differs, since it needed an id that is there only now, is pending again. What was refused is a
-- refusal of the product.
create or replace function sync.note_catalog(p_request sync.requests, p_refusals json) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_group text := p_request.keys[1];
begin
  if p_request.state = 'applied' then
    case p_request.document
      when 'MetafieldDefinitionCreate' then
        update sync.catalogs as c
        set defined = c.defined || format(
          '%s.%s:%s', p_request.variables #>> '{definition,namespace}', p_request.variables #>> '{definition,key}',
          p_request.variables #>> '{definition,type}'
        )
        where c.shop_id = p_request.shop_id;
      when 'ProductDelete' then
        perform sync.forget_products(p_request.shop_id, array[sync.gid_number(p_request.variables #>> '{input,id}')]);
        update sync.product_links as k set state = 'left', changed_at = now()
        where k.shop_id = p_request.shop_id and k.group_key = v_group;
      when 'MetafieldsDelete' then null;
      when 'PublishablePublish', 'PublishableUnpublish' then null;
      else
        perform sync.note_product(p_request, p_request.answer);
    end case;
    -- What the answer does not show is agreed on as it is read next: at once, so that nobody edits it before.
    with parts as (
      select w.entity, w.key, array_agg(f.key) as fields
      from sync.field_writes as w
      cross join jsonb_object_keys(w.fields) as f (key)
      where w.request_id = p_request.id and w.entity = 'product' and sync.is_part(f.key)
      group by w.entity, w.key
    ),

    forgotten as (
      update sync.field_bases as b set seen = b.seen - p.fields, seen_tick = nextval('sync.ticks')
      from parts as p
      where b.shop_id = p_request.shop_id and b.entity = p.entity and b.key = p.key
    )

    update sync.product_links as k set reads_parts = true
    from parts as p
    where k.shop_id = p_request.shop_id and k.group_key = p.key;
    perform sync.touch_products(p_request.shop_id, array[v_group]) where found;
    perform sync.agree_on(p_request.shop_id, w.entity, w.key, w.fields)
    from sync.field_writes as w
    where w.request_id = p_request.id
    order by w.entity, w.key;
    perform sync.note_collections(p_request.shop_id, v_group, w.fields -> 'collections')
    from sync.field_writes as w
    where w.request_id = p_request.id and w.entity = 'product' and w.fields ? 'collections';
    update sync.field_discrepancies as d
    set corrected_at = clock_timestamp(), corrected_by = p_request.id
    from sync.field_writes as w
    where w.request_id = p_request.id and d.shop_id = p_request.shop_id and d.entity = w.entity and d.key = w.key
      and d.corrected_at is null and d.vanished_at is null and (d.field = '' or w.fields ? d.field);
    -- The product is there: what needs its id, and stock, may follow.
    perform sync.mark_catalog(p_request.shop_id, array[v_group], array[p_request.created_at])
    where p_request.variables #> '{identifier,customId}' is not null;
  end if;
  if p_request.state = 'rejected' and p_request.answer ->> 'message' like '%etafield definition%' then
    -- Somebody has deleted it: it is made once more.
    update sync.catalogs as c set defined = '{}'
    where c.shop_id = p_request.shop_id and c.defined @> '{shelfwire.product:id}';
    perform sync.touch_products(p_request.shop_id, array[v_group]) where found;
  end if;
  perform sync.refuse(
    p_request.shop_id, 'catalog', v_group, '', f.class, f.message, p_request.job_id, p_request.id
  )
  from json_to_recordset(p_refusals) as f (class text, message text);
end $$;
comment on function sync.note_catalog(sync.requests, json) is 'What the answer to a request of the catalogue means.';
