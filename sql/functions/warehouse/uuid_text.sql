-- One text for one uuid, however it was written. What is none stays as it is.
create or replace function sync.uuid_text(p_key text) returns text
language sql immutable parallel safe
return case
  when pg_catalog.translate(p_key, ' {}-', '') ~* '^[0-9a-f]{32}$'
    then pg_catalog.translate(p_key, ' {}-', '')::uuid::text
  else p_key
end;
comment on function sync.uuid_text(text) is 'One text for one uuid, however it was written.';
