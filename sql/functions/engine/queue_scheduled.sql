-- A schedule has come: ask for its run, in the shop that the schedule is of, or in every shop that has none of its own.
-- Of all shops each begins at a time of its own within p_span, always the same one: shops are dealt out evenly,
-- however many there are (by the golden ratio), and one more moves no other. None is asked for while one of the same
-- waits or is at work. Returns how many.
create or replace function sync.queue_scheduled(p_name text, p_shop_id bigint, p_span interval) returns integer
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with places as (
  select h.id, h.mode, ((row_number() over (order by h.id) - 1) * 0.6180339887498949) % 1 as place
  from sync.shops as h
)

select count(sync.queue_run(
  h.id, s.run_kind, s.args, 'schedule ' || s.name, 10,
  now() + p_span * case when s.shop_id is null then h.place::double precision else 0 end
))
from sync.schedules as s
inner join places as h on s.shop_id is null or h.id = s.shop_id
where s.name = p_name and s.shop_id is not distinct from p_shop_id and s.run_kind is not null
  and h.mode <> 'off' and sync.wants_run(s.run_kind, h.id)
  and (s.shop_id is not null or not exists (
    select from sync.schedules as o where o.name = s.name and o.shop_id = h.id
  ))
  and not exists (
    select from sync.runs as r
    where r.shop_id = h.id and r.kind = s.run_kind and r.args = s.args and r.state in ('queued', 'running')
  );
end;
comment on function sync.queue_scheduled(text, bigint, interval) is
'Ask for the runs of a schedule, spread over a span of time; returns how many.';
