-- What a source has for people to do of a kind and a shop (null: the whole house) at this moment: [{subject, message,
-- remedy}], the most important first. What has no open task gets one, as long as no more than a hundred are open; open
-- ones are told as they are now, and those that are not named any more are closed, with the reason. p_opens false: none
-- is opened. Returns how many were.
create or replace function sync.renew_tasks(
  p_source text, p_kind text, p_shop_id bigint, p_found jsonb, p_opens boolean default true
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_opened integer;
  v_closed integer;
begin
  with found as materialized (
    select f.subject, min(f.number) as number, min(f.message) as message, min(f.remedy) as remedy
    from rows from (
      jsonb_to_recordset(coalesce(p_found, '[]')) as (subject text, message text, remedy text)
    ) with ordinality as f (subject, message, remedy, number)
    group by f.subject
  ),

  open as materialized (
    select t.id, t.subject from sync.tasks as t
    where t.source = p_source and t.kind = p_kind and coalesce(t.shop_id, 0) = coalesce(p_shop_id, 0)
      and t.done_at is null
  ),

  closed as (
    update sync.tasks as t
    set done_at = clock_timestamp(), done_by = p_source, note = 'The reason is gone: closed by itself.'
    from open as o
    where t.id = o.id and o.subject not in (select f.subject from found as f)
    returning 1
  ),

  renewed as (
    update sync.tasks as t
    set message = f.message, remedy = f.remedy
    from open as o
    join found as f on f.subject = o.subject
    where t.id = o.id and (t.message, t.remedy) is distinct from (f.message, f.remedy)
  ),

  opened as (
    insert into sync.tasks (shop_id, kind, subject, message, remedy, source)
    select p_shop_id, p_kind, n.subject, n.message, n.remedy, p_source
    from (
      select f.* from found as f
      where p_opens and f.subject not in (select o.subject from open as o)
      order by f.number
      limit greatest(0, 100 - (select count(*) from open as o join found as f on f.subject = o.subject))
    ) as n
    order by n.number
    on conflict do nothing
    returning 1
  )

  select (select count(*) from opened), (select count(*) from closed) into v_opened, v_closed;
  if v_opened + v_closed > 0 then
    perform sync.watch_tasks();
  end if;
  return v_opened;
end $$;
comment on function sync.renew_tasks(text, text, bigint, jsonb, boolean) is
'Open what a source has for people to do, once each, and close what is not to be done any more; returns how many are new.';
