-- Whether a key keeps its text when its column's type becomes another: whole numbers of any size (int8, int2, int4),
-- texts of any length (text, bpchar, varchar).
create or replace function sync.are_alike(p_type regtype, p_other regtype) returns boolean
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
return
  p_type = p_other
  or (p_type::oid = any('{20, 21, 23}'::oid[]) and p_other::oid = any('{20, 21, 23}'::oid[]))
  or (p_type::oid = any('{25, 1042, 1043}'::oid[]) and p_other::oid = any('{25, 1042, 1043}'::oid[]));
comment on function sync.are_alike(regtype, regtype) is 'Whether keys of two types have the same text.';
