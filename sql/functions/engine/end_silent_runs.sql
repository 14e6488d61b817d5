-- Runs whose process was not heard of for so long that it must be gone have failed. One that can be taken over is given
-- up after two minutes, see claim_run(); the others after a quarter of an hour, unless something of theirs still waits
-- to be sent. Of a shop and a kind, or all.
create or replace function sync.end_silent_runs(p_shop_id bigint default null, p_kind text default null)
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.runs as r
set state = 'failed', error = 'Its process fell silent.', finished_at = now()
where r.state = 'running' and (p_shop_id is null or r.shop_id = p_shop_id) and (p_kind is null or r.kind = p_kind)
  and r.advanced_at not between
    now() - case when r.is_exclusive then interval '2 minutes' else '15 minutes' end and now() + interval '2 minutes'
  and not exists (select from sync.requests as q where q.run_id = r.id and q.state = 'open');
end;
comment on function sync.end_silent_runs(bigint, text) is 'End the runs whose process was not heard of for long.';
