-- Of some keys that a job holds, those that are its lane's: a bulk operation may have taken over what is pending.
create or replace function sync.keys_in_lane(p_turn sync.turn, p_keys text[]) returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select array(
  select k.key
  from unnest(p_keys) with ordinality as k (key, place)
  where not exists (
    select from sync.pending as p
    where p.shop_id = (p_turn).shop_id and p.kind = (p_turn).kind and p.key = k.key collate "C"
      and p.lane <> (p_turn).lane
  )
  order by k.place
);
end;
comment on function sync.keys_in_lane(sync.turn, text[]) is 'Of some keys that a job holds, those that are its lane''s.';
