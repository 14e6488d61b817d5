-- Why an image could not be fetched, as Shopify shows it (a Media of the Admin API); null: nothing is wrong with it.
create or replace function sync.media_problem(p_node json) returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select string_agg(coalesce(nullif(e.error ->> 'details', ''), e.error ->> 'message'), '; ')
from json_array_elements(p_node -> 'mediaErrors') as e (error);
end;
comment on function sync.media_problem(json) is 'Why an image could not be fetched, as Shopify shows it.';
