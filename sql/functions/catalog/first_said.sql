-- What several rows that are one product say of it, field by field, metafields too: what the first says that says
-- anything.
create or replace function sync.first_said(p_rows jsonb[]) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select case
  when cardinality(p_rows) = 1 then p_rows[1]
  else (
    -- Of two values of one key the later stays.
    select jsonb_object_agg(e.key, e.value order by e.value = 'null' desc, r.place desc)
    from unnest(p_rows) with ordinality as r (said, place)
    cross join lateral jsonb_each(r.said) as e
  ) || coalesce((
    select jsonb_build_object(
      'metafields', jsonb_object_agg(e.key, e.value order by e.value = 'null' desc, r.place desc)
    )
    from unnest(p_rows) with ordinality as r (said, place)
    cross join lateral jsonb_each(r.said -> 'metafields') as e
    having count(*) > 0
  ), '{}')
end;
end;
comment on function sync.first_said(jsonb[]) is 'What several rows say of one product, field by field.';
