-- The points that a budget holds at this moment: those it held when it was last touched, and what has come back since.
-- Without a search_path, that it may be inlined: it is asked at every call.
create or replace function sync.budget_level(p_budget sync.budgets) returns double precision
language sql volatile parallel safe
return least(
  (p_budget).capacity,
  (p_budget).level
  + (p_budget).restore_rate
  * extract(epoch from greatest(pg_catalog.clock_timestamp() - (p_budget).updated_at, '0'))
);
comment on function sync.budget_level(sync.budgets) is
'The points that a budget holds at this moment; below zero: promised to callers that still wait for them.';
