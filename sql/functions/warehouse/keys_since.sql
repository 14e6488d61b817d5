-- Keys of the products that captured changes since a moment concern. Null: nobody can tell, since all may have
-- changed at one stroke, or the log does not reach back so far.
create or replace function sync.keys_since(p_since timestamptz) returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select array(select distinct m.product_key from sync.moved_products as m where m.changed_at >= p_since)
where exists (select from sync.change_log as l where l.changed_at < p_since)
  and not exists (
    select from sync.change_log as l
    inner join sync.watches as w on l.watch = w.watch and w.entity = 'product'
    where l.key is null and l.old_key is null and l.changed_at >= p_since
  );
end;
comment on function sync.keys_since(timestamptz) is
'Keys of the products that captured changes since a moment concern; null if nobody can tell.';
