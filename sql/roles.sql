-- Roles belong to the whole cluster: another database may have made them already.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['sync_runner', 'sync_reporting'] loop
    if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
      begin
        execute format('create role %I nologin', v_role);
      exception when duplicate_object or unique_violation then
        null;  -- Another database was faster.
      end;
    end if;
  end loop;
end $$;
grant usage on schema sync, pgqueuer to sync_runner;
grant select, insert, update, delete on all tables in schema pgqueuer to sync_runner;
grant usage, select, update on all sequences in schema pgqueuer to sync_runner;
grant usage on schema sync to sync_reporting;
-- By these comments the schemas are known for ours.
comment on schema sync is 'Shelfwire: keeps Shopify shops in step with the warehouse tables of this database.';
comment on schema pgqueuer is 'Shelfwire: the queue of its jobs, PgQueuer''s own tables.';
