-- One row for the whole house: what is committed and not acknowledged, for how long the oldest of it waits, and for how
-- long no relay has said that it waits for changes (null: one is at work, or none ever slept).
create or replace view sync.backlog as
with queue as (
  select count(*) as queued, clock_timestamp() - min(c.changed_at) as queued_for from sync.queued_changes as c
),

waiting as (
  select count(*) as pending, clock_timestamp() - min(p.since) as pending_for from sync.pending as p
),

ahead as (
  select count(*) as jobs from pgqueuer.pgqueuer as j where j.status in ('queued', 'picked')
)

select
  q.queued,
  q.queued_for,
  w.pending,
  w.pending_for,
  j.jobs,
  case
    when a.last_value <> 0 then greatest(clock_timestamp() - to_timestamp(abs(a.last_value)), '0')
  end as relay_silent_for
from sync.asleep_until as a
cross join queue as q
cross join waiting as w
cross join ahead as j;
comment on view sync.backlog is
'One row: changes not relayed, keys not acknowledged, jobs, how long the oldest waits, and how long no relay was heard of.';
