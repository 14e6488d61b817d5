-- Runs whose process was not heard of for so long that it must be gone. One of the queue is given up after two
-- minutes and waits again, to go on where it was; unless it was silent for an hour, for then what it read is too old,
-- or was begun five times, for then it may be what ends the process. The others have failed after a quarter of an
-- hour, unless something of theirs still waits to be sent. Of a shop and a kind, or all.
create or replace function sync.end_silent_runs(p_shop_id bigint default null, p_kind text default null)
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with silent as (
  select
    r.id,
    case
      when r.cancel_requested_at is not null then 'cancelled'
      when r.queued_at is not null and r.attempt < 5 and r.advanced_at > now() - interval '1 hour' then 'queued'
      else 'failed'
    end as state
  from sync.runs as r
  where r.state = 'running' and r.marked_at is null
    and (p_shop_id is null or r.shop_id = p_shop_id) and (p_kind is null or r.kind = p_kind)
    and r.advanced_at not between
      now() - case when r.queued_at is not null then interval '2 minutes' else '15 minutes' end
      and now() + interval '2 minutes'
    and not exists (select from sync.requests as q where q.run_id = r.id and q.state = 'open')
)

update sync.runs as r
set
  state = s.state, error = 'Its process fell silent.',
  finished_at = case when s.state <> 'queued' then now() end
from silent as s
where r.id = s.id;
end;
comment on function sync.end_silent_runs(bigint, text) is
'What was not heard of for long waits again, or has failed.';
