-- loses: everything that Shelfwire knows
-- The roles stay: they belong to the whole cluster and another database may use them. So does Alembic's own table.
create schema sync_kept;
alter table sync.alembic_version set schema sync_kept;
drop schema sync cascade;
alter schema sync_kept rename to sync;
revoke all on all sequences in schema pgqueuer from sync_runner;
revoke all on all tables in schema pgqueuer from sync_runner;
revoke usage on schema pgqueuer from sync_runner;
comment on schema pgqueuer is null;
