-- May a shop be written to at this moment: it is live, this database is its writer, and nothing holds back the kind of
-- the request, if it is one. An undo is sent while its kind is held.
create or replace function sync.may_write(p_shop_id bigint, p_request_id bigint default null) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select
  exists (select from sync.shops as h where h.id = p_shop_id and h.mode = 'live')
  and sync.writing_stops(p_shop_id) is null
  and not exists (
    select from sync.requests as r
    where r.id = p_request_id and r.run_id is null and sync.held_back(r.shop_id, r.kind) is not null
  );
end;
comment on function sync.may_write(bigint, bigint) is
'May a shop be written to at this moment, by a stored request if one is named.';
