-- Make the change log's partitions of today and the next p_ahead days (of UTC, whoever calls), drop those older
-- than p_keep. Only the table's owner may, so the runner does it through this.
create or replace function sync.keep_log_partitions(p_ahead integer default 7, p_keep interval default '30 days')
returns table (made integer, dropped integer)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set lock_timeout = '2s'
as $$
declare
  v_day date;
  v_name text;
begin
  made := 0;
  dropped := 0;
  for v_day in select generate_series(current_date, current_date + p_ahead, '1 day')::date loop
    v_name := to_char(v_day, '"change_log_"YYYYMMDD');
    if to_regclass('sync.' || v_name) is null
      and not exists (select from sync.change_log_default where relayed_at >= v_day and relayed_at < v_day + 1)
    then
      execute format(
        'create table sync.%I partition of sync.change_log for values from (%L) to (%L)', v_name, v_day, v_day + 1
      );
      made := made + 1;
    end if;
  end loop;
  for v_name in
    select c.relname from pg_inherits as i
    join pg_class as c on c.oid = i.inhrelid
    where i.inhparent = 'sync.change_log'::regclass and c.relname ~ '^change_log_\d{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD') < current_date - p_keep
  loop
    execute format('drop table sync.%I', v_name);
    dropped := dropped + 1;
  end loop;
  delete from sync.change_log_default where relayed_at < now() - p_keep;
  return next;
end $$;
comment on function sync.keep_log_partitions(integer, interval) is
'Make the change log''s partitions of the coming days and drop the old ones; returns how many.';
