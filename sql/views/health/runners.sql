-- Runners say who they are, and what keeps them waiting for Postgres, in the name of the connection that they listen
-- on: it is read even where nothing can be written.
create or replace view sync.runners as
select
  s.pid,
  s.usename as role,
  nullif(split_part(s.application_name, ': ', 2), '') as trouble
from pg_stat_activity as s
where split_part(s.application_name, ': ', 1) = 'shelfwire runner' and s.datname = current_database();
comment on view sync.runners is 'Runners that listen, each with the trouble that it has with Postgres, if any.';
