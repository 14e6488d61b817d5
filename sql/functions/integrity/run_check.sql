-- Run a check on a shop, and note what it finds; what it does not find any more has ended, and all of one that is
-- switched off. Its SQL is bound here, and reads as whoever runs this: within it the transaction is read-only, whatever
-- it calls. One that fails, or is broken off, is a finding itself, and leaves what it had found as it was.
create or replace function sync.run_check(p_shop_id bigint, p_name text)
returns table (found integer, opened integer, ended integer, error text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_check sync.integrity_checks;
  v_subjects text[] := '{}';
  v_keys text[] := '{}';
  v_names text[];
  v_messages text[];
  v_targets text[];
  v_error text;
begin
  select c.* into strict v_check from sync.integrity_checks as c where c.name = p_name;
  if v_check.is_enabled then
    begin
      perform set_config('transaction_read_only', 'on', true);
      execute
        'select array_agg(f.subject), array_agg(f.key), array_agg(f.name), array_agg(f.message), array_agg(f.target) '
        'from (select c.subject::text, c.key::text, c.name::text, c.message::text, c.target::text from ('
        || v_check.sql || e'\n) as c) as f'
      into v_subjects, v_keys, v_names, v_messages, v_targets
      using p_shop_id;
    exception when query_canceled or others then
      v_error := case when sqlstate = '57014' then 'It was broken off, as it took too long.' else sqlerrm end;
      v_subjects := array['check'];
      v_keys := array[p_name];
      v_names := array[p_name];
      v_messages := array['The check failed: ' || v_error];
      v_targets := array[null];
    end;
  end if;

  return query
  with shown as materialized (
    select distinct on (1, 2)
      coalesce(s.subject, '') as subject, coalesce(s.key, '') as key, coalesce(s.name, s.key, '') as name,
      coalesce(s.message, '') as message, s.target
    from unnest(v_subjects, v_keys, v_names, v_messages, v_targets) as s (subject, key, name, message, target)
    order by 1, 2
  ),

  noted as (
    insert into sync.integrity_findings as f (check_name, shop_id, subject, key, name, message, target)
    select p_name, p_shop_id, s.subject, s.key, s.name, s.message, s.target
    from shown as s
    order by s.subject, s.key
    on conflict (check_name, shop_id, subject, key) where ended_at is null do update
    set
      name = excluded.name, message = excluded.message, target = excluded.target, last_seen_at = excluded.last_seen_at
    returning f.xmax = 0 as is_new
  ),

  gone as (
    update sync.integrity_findings as f
    set ended_at = clock_timestamp()
    where f.check_name = p_name and f.shop_id = p_shop_id and f.ended_at is null and v_error is null
      and not exists (select from shown as s where s.subject = f.subject and s.key = f.key)
    returning 1
  )

  select
    (select count(*)::integer from shown),
    (select count(*)::integer from noted as n where n.is_new),
    (select count(*)::integer from gone),
    v_error;
end $$;
comment on function sync.run_check(bigint, text) is
'Run a check on a shop and note what it finds; returns how many, of these the new ones, how many have ended, and why it failed.';
