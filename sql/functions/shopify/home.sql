-- Where this database is: the number that its cluster was given by initdb, which its standbys share, and its own in
-- there. A copy of it, restored or cloned, is somewhere else.
create or replace function sync.home() returns text
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select c.system_identifier || '/' || d.oid
from pg_control_system() as c
inner join pg_database as d on d.datname = current_database();
end;
comment on function sync.home() is 'Where this database is: its cluster''s system identifier and its own oid.';
