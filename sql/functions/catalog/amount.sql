-- An amount as it is sent and compared, a JSON string with the digits of its currency, rounded half up: 0.1 + 0.2 is
-- "0.30". Null stays null; what is no number stays as it is, for product_problem() to tell.
create or replace function sync.amount(p_given jsonb, p_digits integer) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select case
  when jsonb_typeof(p_given) = 'number' or p_given #>> '{}' ~ '^-?[0-9]+(\.[0-9]+)?$'
    then to_jsonb(round((p_given #>> '{}')::numeric, p_digits)::text)
  else p_given
end;
end;
comment on function sync.amount(jsonb, integer) is 'An amount of money as it is sent and compared.';
