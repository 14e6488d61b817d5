-- How many media of a product to ask for, so that all are shown: those that it has and those that are sent.
create or replace function sync.media_page(p_sent jsonb, p_there bigint[]) returns integer
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select least(coalesce(jsonb_array_length(nullif(p_sent, 'null')), 0) + coalesce(cardinality(p_there), 0) + 1, 250);
end;
comment on function sync.media_page(jsonb, bigint[]) is 'How many media of a product to ask for.';
