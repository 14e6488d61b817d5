-- An alert for each open task, the first twenty of many of a shop, or of the whole house. Runs when tasks change, and
-- each minute.
create or replace function sync.watch_tasks() returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform sync.renew_alerts('task_open', n.shop_id, (
    select jsonb_agg(
      jsonb_build_object(
        'subject', concat_ws(' ', t.kind, t.subject), 'message', t.message,
        'detail', jsonb_build_object('task', t.id, 'remedy', t.remedy)
      )
      order by t.id
    )
    from sync.tasks as t
    where t.done_at is null and coalesce(t.shop_id, 0) = coalesce(n.shop_id, 0)
  ))
  from (
    select t.shop_id from sync.tasks as t where t.done_at is null
    union
    select a.shop_id from sync.alerts as a where a.rule = 'task_open' and a.cleared_at is null
  ) as n;
end $$;
comment on function sync.watch_tasks() is 'Raise or clear task_open for each task that waits for a person.';
