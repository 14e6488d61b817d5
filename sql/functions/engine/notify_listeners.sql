-- Notify whoever listens on a channel, unless the notification queue is more than half full: then they find out by
-- looking, a little later. Everything of ours that notifies goes this way, but for capture and PgQueuer's trigger.
create or replace function sync.notify_listeners(p_channel text, p_payload text default '') returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
select pg_notify(p_channel, p_payload) where sync.can_notify();
end;
comment on function sync.notify_listeners(text, text) is
'Notify a channel, unless the notification queue is more than half full.';
