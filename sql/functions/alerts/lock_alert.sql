-- Be alone with an alert until the transaction ends, without waiting: false if somebody else is at it, or, which hardly
-- ever happens, at one that shares its lock.
create or replace function sync.lock_alert(p_rule text, p_shop_id bigint, p_subject text) returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from sync.locks as l
  where l.name = 'alert ' || (hashtextextended(concat_ws('/', p_rule, p_shop_id, p_subject), 0) & 1023)
  for update skip locked;
  return found;
end $$;
comment on function sync.lock_alert(text, bigint, text) is
'Be alone with an alert until the transaction ends; false if somebody else is at it.';
