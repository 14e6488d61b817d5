-- Is the change log ready for a day to come (of UTC)?
create or replace function sync.has_log_partition(p_ahead integer default 1) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select to_regclass(
  'sync.change_log_' || to_char(clock_timestamp() at time zone 'UTC' + p_ahead * interval '1 day', 'YYYYMMDD')
) is not null;
end;
comment on function sync.has_log_partition(integer) is 'Whether the change log has its partition for a day to come.';
