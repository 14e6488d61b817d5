-- Whether a product can be sent as the warehouse has it: what cannot is refused here, before Shopify refuses it.
create or replace function sync.check_product(
  p_turn sync.turn, p_group text, p_fields jsonb, p_variants jsonb, p_cleared boolean
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class text;
  v_message text;
begin
  select p.class, p.message into v_class, v_message from sync.product_problem(p_fields, p_variants) as p;
  if v_class is null and p_group ~ '[\u0001-\u001f\u007f]' then
    v_class := 'CONTROL_CHARACTER';
    v_message := 'Its key, or that of its group, has a control character.';
  end if;
  if v_class is null and jsonb_array_length(p_fields -> 'media') > 0 then
    select 'TOO_MANY_IMAGES', format('The product would have %s images, Shopify takes 250.', jsonb_array_length(f.listed))
    into v_class, v_message
    from sync.product_files(p_turn.shop_id, p_group, p_fields -> 'media') as f (listed)
    where jsonb_array_length(f.listed) > 250;
  end if;
  if v_class is null then
    select 'AMBIGUOUS_PRODUCT', k.reason into v_class, v_message
    from sync.product_links as k
    where k.shop_id = p_turn.shop_id and k.group_key = p_group and k.state = 'ambiguous';
  end if;
  if v_class is null then
    -- Not what a price has been for long, but what it becomes.
    select 'UNUSUAL_PRICE', format(
      'The price of variant %s would be %s%s.', v.variant ->> 'key', v.variant #>> '{fields,price}',
      case when n.before is not null then format(' instead of %s', n.before) else '' end
    )
    into v_class, v_message
    from jsonb_array_elements(p_variants) as v (variant)
    join sync.catalogs as c on c.shop_id = p_turn.shop_id
    left join sync.field_bases as b
      on b.shop_id = p_turn.shop_id and b.entity = 'variant' and b.key = v.variant ->> 'key'
    -- A row made anew is the variant that has its options.
    left join lateral (
      select o.seen ->> 'price' as price
      from sync.catalog_variants as m
      join sync.variants as s
        on s.shop_id = m.shop_id and s.variant_id = m.variant_id and s.options = v.variant #> '{fields,optionValues}'
      join sync.field_bases as o on o.shop_id = m.shop_id and o.entity = 'variant' and o.key = m.product_key
      where b.key is null and m.shop_id = p_turn.shop_id and m.group_key = p_group
      limit 1
    ) as g on true
    cross join lateral (
      select
        (v.variant #>> '{fields,price}')::numeric as price,
        nullif(coalesce(b.seen ->> 'price', g.price), '')::numeric as before
    ) as n
    where not p_cleared and n.price is distinct from n.before
      and (b.key is null or sync.rule_of(p_turn.shop_id, 'variant', 'price') <> 'theirs')
      and b.ours ->> 'price' is distinct from v.variant #>> '{fields,price}' and (
      n.price = 0 or (n.before > 0 and (n.price >= n.before * c.price_factor or n.price * c.price_factor <= n.before))
    )
    order by v.variant ->> 'key'
    limit 1;
  end if;
  if v_class is not null then
    perform sync.refuse(p_turn.shop_id, 'catalog', p_group, '', v_class, v_message, p_turn.job_id, null);
  end if;
  return v_class is null;
end $$;
comment on function sync.check_product(sync.turn, text, jsonb, jsonb, boolean) is
'Whether a product can be sent as the warehouse has it; if not, it is refused.';
