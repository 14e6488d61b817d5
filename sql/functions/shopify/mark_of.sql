-- What a writer's next mark says.
create or replace function sync.mark_of(p_writer sync.writers) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select jsonb_build_object(
  'installation', (p_writer).installation, 'mark', (p_writer).sent, 'database', current_database()
);
end;
comment on function sync.mark_of(sync.writers) is 'What a writer''s next mark in its shop says, as JSON.';
