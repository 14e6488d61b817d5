-- What is wrong in each shop by its last check. One that failed is an issue itself, whatever it looks for.
create or replace view sync.integrity_issues as
select
  h.domain as shop,
  f.check_name,
  case when f.subject = 'check' then 'error' else c.severity end as severity,
  f.subject,
  f.key,
  f.name,
  f.message,
  case when f.subject = 'check' then r.remedy else c.remedy end as remedy,
  c.is_safe and f.target is not null as is_repairable,
  f.target,
  f.repaired_at,
  t.id as task,
  f.first_seen_at,
  f.last_seen_at
from sync.integrity_findings as f
inner join sync.integrity_checks as c on f.check_name = c.name
inner join sync.shops as h on f.shop_id = h.id
inner join sync.remedies as r on r.topic = 'CHECK_FAILED'
left join sync.tasks as t
  on f.check_name = t.kind and f.shop_id = coalesce(t.shop_id, 0) and t.subject = concat_ws(' ', f.subject, f.key)
    and t.done_at is null
where f.ended_at is null and c.is_enabled;
comment on view sync.integrity_issues is
'What is wrong in each shop by its last check, since when, and what to do; key: its number or key, by subject.';
comment on column sync.integrity_issues.is_repairable is 'Whether shelfwire integrity --fix puts it right; target: by which key.';
comment on column sync.integrity_issues.repaired_at is 'When its repair was asked for last; task: what waits for a person about it.';
