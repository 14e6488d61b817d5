-- Guarantees that a run of the queue that failed is an alert until one of its kind succeeds in the shop, whoever ends
-- it.
create or replace function sync.runs_alert() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.state = 'failed' then
    perform sync.raise_alert(
      'run_failed', new.shop_id, new.kind,
      format('%s of %s failed: %s', new.kind, h.domain, new.error),
      jsonb_build_object('run_id', new.id, 'requested_by', new.requested_by, 'attempt', new.attempt)
    )
    from sync.shops as h where h.id = new.shop_id;
  else
    perform sync.clear_alert('run_failed', new.shop_id, new.kind);
  end if;
  return null;
end $$;
comment on function sync.runs_alert() is 'Raise or clear run_failed for a run of the queue.';

create or replace trigger runs_alert after update of state on sync.runs
for each row
when (new.queued_at is not null and new.state in ('failed', 'succeeded') and old.state <> new.state)
execute function sync.runs_alert();
