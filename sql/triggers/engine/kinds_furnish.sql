-- Guarantees that every shop has the lanes and the guard of a new kind.
create or replace function sync.kinds_furnish() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.furnish_shops();
  return null;
end $$;
comment on function sync.kinds_furnish() is 'Give every shop the lanes and the guard of a new kind.';

create or replace trigger kinds_furnish after insert on sync.kinds
for each statement execute function sync.kinds_furnish();
