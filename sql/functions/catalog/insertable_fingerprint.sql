-- Stands for all products that would be made in the warehouse out of what only a shop has, and for how: whoever says it
-- has seen them.
create or replace function sync.insertable_fingerprint(p_shop_id bigint) returns text
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select left(md5(concat(
  (select max(m.fingerprint) from sync.mapping as m),
  string_agg(concat_ws(',', i.variant_id, i.shown::text), ';' order by i.variant_id)
)), 12)
from sync.insertable_variants(p_shop_id) as i
where i.problem is null;
end;
comment on function sync.insertable_fingerprint(bigint) is
'Stands for all products that would be made in the warehouse out of what only a shop has.';
