-- Correct a shop's budget by the throttleStatus of an answer, as record_call() takes it. By now the bucket may hold
-- more than the answer said, by the call's age. Our own level may be lower (points promised to others), never higher.
create or replace function sync.correct_budget(p_shop_id bigint, p_call json) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.budgets as b
set
  capacity = coalesce(c.capacity, b.capacity),
  restore_rate = coalesce(c.restore_rate, b.restore_rate),
  -- least() passes over what the answer did not say.
  level = least(
    sync.budget_level(b) + c.reserved - coalesce(c.actual, c.reserved),
    c.available + c.restore_rate
    * (c.milliseconds / 1000.0 + extract(epoch from clock_timestamp() - statement_timestamp())),
    coalesce(c.capacity, b.capacity)
  ),
  updated_at = clock_timestamp()
from json_to_record(p_call) as c (
  milliseconds integer, reserved integer, actual integer, capacity double precision, restore_rate double precision,
  available double precision
)
where b.shop_id = p_shop_id;
end;
comment on function sync.correct_budget(bigint, json) is 'Correct a shop''s budget by what an answer says of it.';
