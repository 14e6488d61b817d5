-- Tasks of what a check has found in a shop and only a person can put right: what has no safe repair, and what is still
-- there although its repair was asked for, nothing is on its way and the shop is written to. What is only told (info)
-- is nobody's task. p_opens false: only those whose reason is gone are closed. Returns how many are new.
create or replace function sync.open_findings(p_shop_id bigint, p_name text, p_opens boolean) returns integer
language sql
set search_path = pg_catalog, pg_temp
set enable_nestloop = off  -- Of tasks that are new nobody knows how many there are.
begin atomic
select sync.renew_tasks('integrity', p_name, p_shop_id, (
  select jsonb_agg(
    jsonb_build_object('subject', concat_ws(' ', n.subject, n.key), 'message', n.message, 'remedy', n.remedy)
    order by n.first_seen_at, n.subject, n.key
  )
  from (
    select i.subject, i.key, i.message, i.remedy, i.first_seen_at
    from sync.integrity_issues as i
    inner join sync.shops as h on i.shop = h.domain
    where h.id = p_shop_id and i.check_name = p_name and i.severity <> 'info' and (
      i.task is not null or not i.is_repairable or (
        i.repaired_at < i.last_seen_at and h.mode = 'live' and not exists (
          select from sync.pending as p where p.shop_id = h.id and p.key = i.target
        )
      )
    )
    order by i.task is null, i.first_seen_at, i.subject, i.key
    limit 200  -- As many as may be open, and as many that may follow.
  ) as n
), p_opens);
end;
comment on function sync.open_findings(bigint, text, boolean) is
'Open a task for what a check has found and only a person can put right, close those whose reason is gone; returns how many '
'are new.';
