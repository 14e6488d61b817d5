-- Guarantees that a shop that comes or goes is an event.
create or replace function sync.shops_note() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    perform sync.note_event(new.id, 'shop_added', new.domain, new.domain || ' was added.');
  else
    perform sync.note_event(old.id, 'shop_removed', old.domain, old.domain || ' was removed.');
  end if;
  return null;
end $$;
comment on function sync.shops_note() is 'Note that a shop came or went.';

create or replace trigger shops_note after insert or delete on sync.shops
for each row execute function sync.shops_note();
