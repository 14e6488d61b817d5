-- Whether the subject of a request's kind still points to it: it is kept, however old.
create or replace function sync.is_pointed_to(p_request sync.requests) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select (p_request).kind = 'inventory' and exists (
  select from sync.levels as l where l.shop_id = (p_request).shop_id and l.request_id = (p_request).id
);
end;
comment on function sync.is_pointed_to(sync.requests) is 'Whether a request is still the last one of something.';
