-- Retention of the inbox; what waits or was refused stays.
create or replace function sync.prune_webhooks(p_keep interval) returns bigint
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with gone as (
  delete from sync.webhooks as w
  where w.received_at < now() - p_keep and w.state in ('done', 'kept')
  returning 1
)

select count(*) from gone;
end;
comment on function sync.prune_webhooks(interval) is 'Delete webhooks that were handled past their time; returns how many.';
