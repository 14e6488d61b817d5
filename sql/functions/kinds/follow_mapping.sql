-- Another mapping is attached: what the subjects know by the old one is forgotten.
create or replace function sync.follow_mapping() returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select sync.forget_links();
end;
comment on function sync.follow_mapping() is 'Forget what was known by another mapping than the one attached.';
