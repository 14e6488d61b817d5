-- The subject of a kind notes what the answer to a request means for what it knows of Shopify.
create or replace function sync.note_answer(p_request sync.requests, p_refusals json) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  case p_request.kind
    when 'inventory' then perform sync.note_inventory(p_request, p_refusals);
    when 'catalog' then perform sync.note_catalog(p_request, p_refusals);
  end case;
end $$;
comment on function sync.note_answer(sync.requests, json) is
'Note what the answer to a request means, and what of it was refused.';
