-- Guarantees that nothing of ours fails on a full notification queue, and that we never fill more than half of it:
-- NOTIFY into a full one fails the commit, and one session that listens in a transaction left open fills it for all.
create or replace function sync.can_notify() returns boolean
language sql
set search_path = pg_catalog, pg_temp
return pg_notification_queue_usage() <= 0.5;
comment on function sync.can_notify() is 'Whether the notification queue of the server is at most half full.';
