create table sync.alert_rules (
  rule text primary key,
  severity text not null,
  description text not null,
  is_enabled boolean not null default true,
  threshold integer,
  webhook_url text,
  email text,
  constraint severity_is_known check (severity in ('warning', 'critical')),
  constraint threshold_is_not_negative check (threshold >= 0)
);
comment on table sync.alert_rules is 'What is an alert, how serious it is, and who is told.';
comment on column sync.alert_rules.threshold is 'A number that the description speaks of, where the rule has one.';
insert into sync.alert_rules (rule, severity, threshold, description) values
('guard_held', 'critical', null, 'a push or a reconcile run that would change an unusual share of a shop was stopped'),
('circuit_open', 'critical', null, 'a shop fails every call, so changes wait'),
('corrections_rising', 'warning', 5, 'a reconcile run corrected more than THRESHOLD and twice as much as those before'),
('api_version', 'critical', null, 'a shop answers with another API version than was asked for'),
('api_deprecated', 'warning', null, 'Shopify calls something deprecated that is used'),
('oldest_pending', 'critical', 15, 'a change has not been acknowledged for THRESHOLD minutes'),
('run_failed', 'warning', null, 'a schedule ended with an error'),
('refusals_open', 'warning', 10, 'more than THRESHOLD products were refused within an hour');

create table sync.alerts (
  id bigint generated always as identity primary key,
  rule text not null references sync.alert_rules,
  shop_id bigint references sync.shops on delete cascade,
  subject text not null default '',
  message text not null,
  remedy text not null,
  detail jsonb not null default '{}',
  raised_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  times integer not null default 1,
  cleared_at timestamptz
);
create unique index alerts_open_idx on sync.alerts (rule, coalesce(shop_id, 0), subject) where cleared_at is null;
comment on table sync.alerts is 'What a person should know: one open row per rule, shop and subject, until its reason is gone.';
comment on column sync.alerts.shop_id is 'Null: the whole house.';

create table sync.deliveries (
  id bigint generated always as identity primary key,
  alert_id bigint not null references sync.alerts on delete cascade,
  sink text not null,
  event text not null,
  state text not null default 'waiting',
  attempts integer not null default 0,
  created_at timestamptz not null default clock_timestamp(),
  next_try_at timestamptz not null default clock_timestamp(),
  error text,
  constraint sink_is_known check (sink in ('webhook', 'email')),
  constraint event_is_known check (event in ('raised', 'cleared')),
  constraint state_is_known check (state in ('waiting', 'delivered', 'failed'))
);
create index deliveries_waiting_idx on sync.deliveries (next_try_at) where state = 'waiting';
create index deliveries_alert_id_idx on sync.deliveries (alert_id);
comment on table sync.deliveries is 'Who was told, or is to be told, that an alert was raised or cleared.';
comment on column sync.deliveries.error is 'Of the last attempt. Names no address.';

create table sync.events (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  shop_id bigint,
  kind text not null,
  subject text not null,
  message text not null,
  detail jsonb not null default '{}'
);
create index events_at_idx on sync.events (at);
comment on table sync.events is 'What happened, append-only: circuits, runs, alerts, shops, schedules, retried refusals.';

insert into sync.schedules (name, expression, description) values
('watch_alerts', '* * * * *', 'look for changes and refusals that are an alert, deliver alerts that wait');

--! include functions/note_event.sql
-- Append to the log of what happened. The shop is kept as a bare number: its events outlive it, and nobody waits.
create or replace function sync.note_event(
  p_shop_id bigint, p_kind text, p_subject text, p_message text, p_detail jsonb default '{}'
)
returns void
language sql
set search_path = ''
begin atomic
insert into sync.events (shop_id, kind, subject, message, detail)
values (p_shop_id, p_kind, coalesce(p_subject, ''), coalesce(p_message, ''), coalesce(p_detail, '{}'));
end;
comment on function sync.note_event(bigint, text, text, text, jsonb) is 'Append to the log of what happened.';
--! end

--! include functions/announce_alert.sql
-- An alert was opened or cleared: queue its deliveries, note the event, wake who delivers.
create or replace function sync.announce_alert(p_alert sync.alerts, p_event text) returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rule sync.alert_rules;
begin
  select r.* into strict v_rule from sync.alert_rules as r where r.rule = p_alert.rule;
  insert into sync.deliveries (alert_id, sink, event)
  select p_alert.id, s.sink, p_event
  from (values ('webhook', v_rule.webhook_url), ('email', v_rule.email)) as s (sink, address)
  where s.address is not null and v_rule.is_enabled;
  perform sync.note_event(
    p_alert.shop_id, 'alert_' || p_event, p_alert.rule, p_alert.message,
    jsonb_build_object('alert_id', p_alert.id, 'severity', v_rule.severity, 'subject', p_alert.subject)
  );
  perform pg_notify(
    'sync_alerts',
    json_build_object(
      'event', p_event, 'alert_id', p_alert.id, 'rule', p_alert.rule, 'severity', v_rule.severity,
      'shop_id', p_alert.shop_id, 'subject', left(p_alert.subject, 200)
    )::text
  );
end $$;
comment on function sync.announce_alert(sync.alerts, text) is
'An alert was opened or cleared: queue its deliveries, note the event, notify sync_alerts.';
--! end

--! include functions/raise_alert.sql
-- Open an alert, or renew the open one of this rule, shop (null: the whole house) and subject. Opening it queues its
-- deliveries, is an event, and notifies sync_alerts. What is watched must not suffer: a rule that is switched off or
-- unknown and a shop that is gone do nothing, and nobody waits. Of two transactions that raise or clear one alert at
-- once the second is left out; where each counts, call this with the row locked whose state it tells.
create or replace function sync.raise_alert(
  p_rule text, p_shop_id bigint, p_subject text, p_message text, p_remedy text, p_detail jsonb default '{}'
)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_rule sync.alert_rules;
  v_alert sync.alerts;
  v_subject text := coalesce(p_subject, '');
begin
  select r.* into v_rule from sync.alert_rules as r where r.rule = p_rule and r.is_enabled;
  if not found
    or not pg_try_advisory_xact_lock(hashtextextended(concat_ws('/', 'alert', p_rule, p_shop_id, v_subject), 0))
  then
    return null;
  end if;
  insert into sync.alerts as a (rule, shop_id, subject, message, remedy, detail)
  select p_rule, p_shop_id, v_subject, coalesce(p_message, ''), coalesce(p_remedy, ''), coalesce(p_detail, '{}')
  where p_shop_id is null or exists (select from sync.shops as h where h.id = p_shop_id)
  on conflict (rule, coalesce(shop_id, 0), subject) where cleared_at is null do update
  set
    message = excluded.message,
    remedy = excluded.remedy,
    detail = excluded.detail,
    last_at = clock_timestamp(),
    times = a.times + 1
  returning * into v_alert;
  if v_alert.times = 1 then
    perform sync.announce_alert(v_alert, 'raised');
  end if;
  return v_alert.id;
end $$;
comment on function sync.raise_alert(text, bigint, text, text, text, jsonb) is
'Open an alert or renew the open one; returns its id, null if the rule is switched off or another is at it.';
--! end

--! include functions/clear_alert.sql
-- Clear the open alert of a rule, shop and subject: its reason is gone. Waits for nobody, as raise_alert().
create or replace function sync.clear_alert(p_rule text, p_shop_id bigint, p_subject text default '')
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_alert sync.alerts;
  v_subject text := coalesce(p_subject, '');
begin
  -- What is asked often and seldom so costs one look at an index.
  if not exists (
    select from sync.alerts as a
    where a.rule = p_rule and coalesce(a.shop_id, 0) = coalesce(p_shop_id, 0) and a.subject = v_subject
      and a.cleared_at is null
  ) or not pg_try_advisory_xact_lock(hashtextextended(concat_ws('/', 'alert', p_rule, p_shop_id, v_subject), 0)) then
    return false;
  end if;
  update sync.alerts as a
  set cleared_at = clock_timestamp()
  where a.rule = p_rule and coalesce(a.shop_id, 0) = coalesce(p_shop_id, 0) and a.subject = v_subject
    and a.cleared_at is null
  returning a.* into v_alert;
  if not found then
    return false;
  end if;
  perform sync.announce_alert(v_alert, 'cleared');
  return true;
end $$;
comment on function sync.clear_alert(text, bigint, text) is 'Clear an open alert; false if there is none.';
--! end

--! include functions/claim_deliveries.sql
-- Take deliveries that are due, for a minute: who does not say by then what came of one has lost it. What is said of
-- one alert arrives in order. A sink that its rule names no more gets nothing.
create or replace function sync.claim_deliveries(p_limit integer default 5)
returns table (
  id bigint, attempt integer, sink text, address text, event text, rule text, severity text, shop text, subject text,
  message text, remedy text, detail jsonb, raised_at timestamptz
)
language sql
set search_path = ''
begin atomic
update sync.deliveries as d
set attempts = d.attempts + 1, next_try_at = clock_timestamp() + interval '1 minute'
from (
  select w.id, s.address, r.severity, h.domain, a.rule, a.subject, a.message, a.remedy, a.detail, a.raised_at
  from sync.deliveries as w
  inner join sync.alerts as a on w.alert_id = a.id
  inner join sync.alert_rules as r on a.rule = r.rule
  inner join lateral (values ('webhook', r.webhook_url), ('email', r.email)) as s (sink, address) on w.sink = s.sink
  left join sync.shops as h on a.shop_id = h.id
  where w.state = 'waiting' and w.next_try_at <= clock_timestamp() and s.address is not null and not exists (
    select from sync.deliveries as e
    where e.alert_id = w.alert_id and e.sink = w.sink and e.state = 'waiting' and e.id < w.id
  )
  order by w.next_try_at
  limit p_limit
  for update of w skip locked
) as t
where d.id = t.id
returning
  d.id, d.attempts, d.sink, t.address, d.event, t.rule, t.severity, t.domain, t.subject, t.message, t.remedy, t.detail,
  t.raised_at;
end;
comment on function sync.claim_deliveries(integer) is 'Take deliveries that are due, for a minute, with what to send and where to.';
--! end

--! include functions/finish_delivery.sql
-- Note what came of a delivery: p_error null, it arrived. Otherwise it is tried again, after ten seconds at first and
-- an hour at most, and given up a day after it was queued. Who held it for too long says nothing new.
create or replace function sync.finish_delivery(p_delivery_id bigint, p_attempt integer, p_error text)
returns text
language sql
set search_path = ''
begin atomic
update sync.deliveries as d
set
  state = case
    when p_error is null then 'delivered'
    when d.created_at < clock_timestamp() - interval '1 day' then 'failed'
    else 'waiting'
  end,
  error = p_error,
  next_try_at = clock_timestamp()
    + interval '1 second' * least(3600, 5 * 2.0 ^ least(d.attempts, 10)) * (0.5 + random())
where d.id = p_delivery_id and d.attempts = p_attempt and d.state = 'waiting'
returning d.state;
end;
comment on function sync.finish_delivery(bigint, integer, text) is
'Note what came of a delivery; returns its state then: delivered, waiting for the next try, or failed for good.';
--! end

--! include functions/judge_corrections.sql
-- A reconcile run corrected: more than the rule's threshold and than twice the mean of up to ten runs before is an
-- alert, for something makes the shop wrong again and again. Fewer than three runs before are nothing to judge by.
create or replace function sync.judge_corrections(p_run_id bigint) returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_run sync.runs;
  v_corrected integer;
  v_before record;
begin
  select r.* into strict v_run from sync.runs as r where r.id = p_run_id;
  v_corrected := coalesce((v_run.result ->> 'marked')::integer, 0);
  select count(*) as runs, avg(l.corrected) as mean, r.threshold
  into v_before
  from sync.alert_rules as r
  left join (
    select coalesce((o.result ->> 'marked')::integer, 0) as corrected
    from sync.runs as o
    where o.shop_id = v_run.shop_id and o.kind = v_run.kind and o.state = 'succeeded' and o.id < v_run.id
      and o.result ->> 'dry_run' is distinct from 'true'
    order by o.id desc
    limit 10
  ) as l on true
  where r.rule = 'corrections_rising'
  group by r.rule;
  if v_before.runs >= 3 and v_corrected > greatest(v_before.threshold, 2 * v_before.mean) then
    perform sync.raise_alert(
      'corrections_rising', v_run.shop_id, '',
      format(
        'Reconciling corrected %s products, where the %s runs before corrected %s on average.', v_corrected,
        v_before.runs, round(v_before.mean, 1)
      ),
      'Something makes the shop wrong again and again. Run: shelfwire discrepancies. Foreign edits: find out what else '
      || 'writes stock. Missed changes: run shelfwire doctor.',
      jsonb_build_object('run_id', v_run.id, 'corrected', v_corrected, 'causes', v_run.result -> 'causes')
    );
    return true;
  end if;
  perform sync.clear_alert('corrections_rising', v_run.shop_id);
  return false;
end $$;
comment on function sync.judge_corrections(bigint) is
'Raise or clear corrections_rising by what a reconcile run corrected; true if it was too much.';
--! end

--! include functions/watch_alerts.sql
-- Look at what nobody tells: changes that have waited too long, many new refusals. Runs every minute by schedule.
-- What waits because its shop is off or held does not wait too long.
create or replace function sync.watch_alerts() returns void
language plpgsql
set search_path = ''
as $$
declare
  v_late interval;
  v_many integer;
  v_seen record;
begin
  select make_interval(mins => r.threshold) into v_late from sync.alert_rules as r where r.rule = 'oldest_pending';
  select r.threshold into v_many from sync.alert_rules as r where r.rule = 'refusals_open';
  for v_seen in
    select null::bigint as shop_id, 'queue' as subject, 'changes wait for the relay' as what, count(*), min(q.changed_at)
    from (select changed_at from sync.change_queue_0 union all select changed_at from sync.change_queue_1) as q
    union all
    select h.id, '', 'products are not acknowledged by ' || h.domain, count(p.key), min(p.since)
    from sync.shops as h
    left join sync.pending as p on h.id = p.shop_id and sync.held_back(h.id) is null
    group by h.id
  loop
    if v_seen.min < clock_timestamp() - v_late then
      perform sync.raise_alert(
        'oldest_pending', v_seen.shop_id, v_seen.subject,
        format(
          '%s %s, the oldest since %s UTC.', v_seen.count, v_seen.what,
          to_char(v_seen.min at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
        ),
        'Run: shelfwire doctor, and shelfwire pending for the oldest.',
        jsonb_build_object('pending', v_seen.count, 'since', v_seen.min)
      );
    else
      perform sync.clear_alert('oldest_pending', v_seen.shop_id, v_seen.subject);
    end if;
  end loop;
  for v_seen in
    select h.id, h.domain, count(f.id)
    from sync.shops as h
    left join sync.refusals as f on h.id = f.shop_id and f.first_at > clock_timestamp() - interval '1 hour'
    group by h.id
  loop
    if v_seen.count > v_many then
      perform sync.raise_alert(
        'refusals_open', v_seen.id, '', format('%s refused within the last hour for %s.', v_seen.count, v_seen.domain),
        'Run: shelfwire refusals list', jsonb_build_object('refusals', v_seen.count)
      );
    else
      perform sync.clear_alert('refusals_open', v_seen.id);
    end if;
  end loop;
end $$;
comment on function sync.watch_alerts() is
'Raise or clear the alerts that nothing else tells: changes that wait too long, many new refusals.';
--! end

--! include functions/prune_logs.sql
-- Retention: drop what only history needs, oldest first. An open request and the last one of a level stay.
create or replace function sync.prune_logs(p_keep interval default '30 days', p_keep_calls interval default '7 days')
returns table (requests bigint, calls bigint, conflicts bigint, runs bigint, jobs bigint)
language sql
set search_path = ''
begin atomic
with pruned_requests as (
  delete from sync.requests as r
  where r.created_at < now() - p_keep and r.state <> 'open'
    and not exists (select from sync.levels as l where l.shop_id = r.shop_id and l.request_id = r.id)
  returning 1
),

pruned_calls as (
  delete from sync.calls where at < now() - p_keep_calls returning 1
),

pruned_conflicts as (
  delete from sync.conflicts where found_at < now() - p_keep returning 1
),

pruned_discrepancies as (
  delete from sync.discrepancies where coalesce(corrected_at, vanished_at) < now() - p_keep
),

pruned_alerts as (
  delete from sync.alerts where cleared_at < now() - p_keep
),

pruned_events as (
  delete from sync.events where at < now() - p_keep
),

pruned_runs as (
  delete from sync.runs where started_at < now() - p_keep and state <> 'running' returning 1
),

pruned_shadows as (
  delete from sync.shadow_writes where at < now() - p_keep
),

pruned_jobs as (
  delete from pgqueuer.pgqueuer_log where created < now() - interval '1 day' and aggregated returning 1
),

-- PgQueuer adds up its log here, a row for each second, lane and outcome.
pruned_statistics as (
  delete from pgqueuer.pgqueuer_statistics where created < now() - interval '1 day'
)

select
  (select count(*) from pruned_requests),
  (select count(*) from pruned_calls),
  (select count(*) from pruned_conflicts),
  (select count(*) from pruned_runs),
  (select count(*) from pruned_jobs);
end;
comment on function sync.prune_logs(interval, interval) is
'Delete requests, calls, conflicts, discrepancies, runs, cleared alerts, events and job logs past their time.';
--! end

--! include triggers/circuits_alert.sql
-- Guarantees that an open circuit is an alert and an event, and its closing too, whoever changes the row.
create or replace function sync.circuits_alert() returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_before text := coalesce(old.state, 'closed');
  v_shop text;
begin
  if new.state = v_before then
    return null;
  end if;
  select h.domain into v_shop from sync.shops as h where h.id = new.shop_id;
  if new.state <> 'closed' then
    perform sync.raise_alert(
      'circuit_open', new.shop_id, '',
      format('%s fails every call, so changes wait: %s: %s', v_shop, new.class, new.message),
      format('It is tried again by itself. To see whether it is back, run: shelfwire shop verify %s', v_shop),
      jsonb_build_object('class', new.class, 'opened_at', new.opened_at, 'probes', new.probes)
    );
    if v_before = 'closed' then
      perform sync.note_event(
        new.shop_id, 'circuit_opened', v_shop, new.message, jsonb_build_object('class', new.class)
      );
    end if;
  else
    perform sync.clear_alert('circuit_open', new.shop_id);
    perform sync.note_event(
      new.shop_id, 'circuit_closed', v_shop, 'The shop answers again.',
      jsonb_build_object('opened_at', old.opened_at, 'probes', old.probes)
    );
  end if;
  return null;
end $$;
comment on function sync.circuits_alert() is 'Raise or clear circuit_open, and note what happened.';

create or replace trigger circuits_alert after insert or update of state on sync.circuits
for each row execute function sync.circuits_alert();
--! end

--! include triggers/runs_note.sql
-- Guarantees that the end of a run is an event, and that what a reconcile run corrected is judged.
create or replace function sync.runs_note() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.state in ('running', coalesce(old.state, 'running')) then
    return null;
  end if;
  perform sync.note_event(
    new.shop_id, 'run_finished', new.kind, concat_ws(': ', format('%s %s', new.kind, new.state), new.error),
    jsonb_build_object('run_id', new.id, 'state', new.state, 'result', new.result)
  );
  if new.kind = 'reconcile_inventory' and new.state = 'succeeded' and new.result ->> 'dry_run' is distinct from 'true' then
    perform sync.judge_corrections(new.id);
  end if;
  return null;
end $$;
comment on function sync.runs_note() is 'Note the end of a run; judge what a reconcile run corrected.';

create or replace trigger runs_note after insert or update of state on sync.runs
for each row execute function sync.runs_note();
--! end

--! include triggers/schedules_note.sql
-- Guarantees that a schedule that failed is an alert until it succeeds, and that a changed schedule is an event.
create or replace function sync.schedules_note() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (new.expression, new.is_enabled) is distinct from (old.expression, old.is_enabled) then
    perform sync.note_event(
      null, 'schedule_changed', new.name,
      format('%s %s, before: %s %s', new.expression, case when new.is_enabled then 'enabled' else 'disabled' end,
        old.expression, case when old.is_enabled then 'enabled' else 'disabled' end)
    );
  end if;
  if new.last_run_at is distinct from old.last_run_at then
    if new.last_error is not null then
      perform sync.raise_alert(
        'run_failed', null, new.name, format('The schedule %s failed: %s', new.name, new.last_error),
        'Remove the cause; it runs again by itself. To see its state: shelfwire schedules list'
      );
    else
      perform sync.clear_alert('run_failed', null, new.name);
    end if;
  end if;
  return null;
end $$;
comment on function sync.schedules_note() is 'Raise or clear run_failed, and note changes of a schedule.';

create or replace trigger schedules_note after update on sync.schedules
for each row execute function sync.schedules_note();
--! end

--! include triggers/shops_note.sql
-- Guarantees that a shop that comes or goes is an event.
create or replace function sync.shops_note() returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    perform sync.note_event(new.id, 'shop_added', new.domain, new.domain || ' was added.');
  else
    perform sync.note_event(old.id, 'shop_removed', old.domain, old.domain || ' was removed.');
  end if;
  return null;
end $$;
comment on function sync.shops_note() is 'Note that a shop came or went.';

create or replace trigger shops_note after insert or delete on sync.shops
for each row execute function sync.shops_note();
--! end

--! include views/open_alerts.sql
-- What a person should know of now, the most serious first when ordered by severity.
create or replace view sync.open_alerts as
select
  a.id,
  h.domain as shop,
  a.rule,
  r.severity,
  a.subject,
  a.message,
  a.remedy,
  a.detail,
  a.raised_at,
  a.last_at,
  a.times
from sync.alerts as a
inner join sync.alert_rules as r on a.rule = r.rule
left join sync.shops as h on a.shop_id = h.id
where a.cleared_at is null;
comment on view sync.open_alerts is 'Alerts whose reason is not gone yet; no shop: the whole house.';
--! end

--! include views/alert_history.sql
-- Every alert, open or cleared, as far back as they are kept, and what came of telling people.
create or replace view sync.alert_history as
select
  a.id,
  h.domain as shop,
  a.rule,
  r.severity,
  a.subject,
  a.message,
  a.raised_at,
  a.cleared_at,
  coalesce(a.cleared_at, now()) - a.raised_at as lasted,
  a.times,
  d.delivered,
  d.waiting,
  d.failed,
  d.error
from sync.alerts as a
inner join sync.alert_rules as r on a.rule = r.rule
left join sync.shops as h on a.shop_id = h.id
cross join lateral (
  select
    count(*) filter (where e.state = 'delivered') as delivered,
    count(*) filter (where e.state = 'waiting') as waiting,
    count(*) filter (where e.state = 'failed') as failed,
    (array_agg(e.error order by e.id desc) filter (where e.error is not null))[1] as error
  from sync.deliveries as e
  where e.alert_id = a.id
) as d;
comment on view sync.alert_history is 'Every alert of the last 30 days: when, how long, and how its deliveries ended.';
--! end

--! include views/recent_events.sql
-- What happened, as far back as events are kept.
create or replace view sync.recent_events as
select
  e.id,
  e.at,
  h.domain as shop,
  e.kind,
  e.subject,
  e.message,
  e.detail
from sync.events as e
left join sync.shops as h on e.shop_id = h.id;
comment on view sync.recent_events is
'What happened in the last 30 days: circuits, runs, alerts, shops, schedules, retried refusals.';
--! end

grant select on sync.alert_rules, sync.alerts, sync.deliveries, sync.events to sync_runner;
grant update on sync.alert_rules to sync_runner;
grant insert, update, delete on sync.alerts, sync.deliveries to sync_runner;
grant insert, delete on sync.events to sync_runner;
grant select on sync.open_alerts, sync.alert_history, sync.recent_events to sync_runner, sync_reporting;
revoke execute on function
sync.note_event(bigint, text, text, text, jsonb),
sync.announce_alert(sync.alerts, text),
sync.raise_alert(text, bigint, text, text, text, jsonb),
sync.clear_alert(text, bigint, text),
sync.claim_deliveries(integer),
sync.finish_delivery(bigint, integer, text),
sync.judge_corrections(bigint),
sync.watch_alerts(),
sync.prune_logs(interval, interval),
sync.circuits_alert(),
sync.runs_note(),
sync.schedules_note(),
sync.shops_note()
from public;
grant execute on function
sync.note_event(bigint, text, text, text, jsonb),
sync.announce_alert(sync.alerts, text),
sync.raise_alert(text, bigint, text, text, text, jsonb),
sync.clear_alert(text, bigint, text),
sync.claim_deliveries(integer),
sync.finish_delivery(bigint, integer, text),
sync.judge_corrections(bigint),
sync.watch_alerts(),
sync.prune_logs(interval, interval),
sync.circuits_alert(),
sync.runs_note(),
sync.schedules_note(),
sync.shops_note()
to sync_runner;
