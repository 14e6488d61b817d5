-- A step that sends nothing. Without a search_path, that it may be inlined.
create or replace function sync.a_step(
  p_step text, p_keys text[], p_settled integer default null, p_read bigint[] default null
)
returns sync.step
language sql immutable parallel safe
return row(p_step, p_keys, p_settled, null, null, null, null, null, null, null, null, p_read)::sync.step;
comment on function sync.a_step(text, text[], integer, bigint[]) is 'A step that sends nothing.';
