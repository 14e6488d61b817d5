-- Whether a key keeps its text when its column's type becomes another: whole numbers of any size, texts of any length.
create or replace function sync.are_alike(p_type regtype, p_other regtype) returns boolean
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
return
  p_type = p_other
  or (p_type in ('int2', 'int4', 'int8') and p_other in ('int2', 'int4', 'int8'))
  or (p_type in ('text', 'varchar', 'bpchar') and p_other in ('text', 'varchar', 'bpchar'));
comment on function sync.are_alike(regtype, regtype) is 'Whether keys of two types have the same text.';
