-- Of what waits for one alert and sink the first says when: see claim_deliveries().
create or replace function sync.next_delivery() returns double precision
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select extract(epoch from min(d.next_try_at) - clock_timestamp())::double precision
from sync.deliveries as d
where d.state = 'waiting' and not exists (
  select from sync.deliveries as e
  where e.alert_id = d.alert_id and e.sink = d.sink and e.state = 'waiting' and e.id < d.id
);
end;
comment on function sync.next_delivery() is 'Seconds until a delivery is due; null if none waits.';
