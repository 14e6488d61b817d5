-- Every run with its shop, how far it is and what it still waits for.
create or replace view sync.run_status as
select
  r.id,
  h.domain as shop,
  r.shop_id,
  h.mode,
  r.kind,
  r.state,
  r.done,
  r.total,
  r.way,
  r.result,
  r.error,
  r.started_at,
  r.finished_at,
  (select count(*) from sync.requests as q where q.run_id = r.id and q.state = 'open') as open_requests
from sync.runs as r
left join sync.shops as h on r.shop_id = h.id;
comment on view sync.run_status is 'What was linked, reconciled, planned, undone, when a shop went live: how far each run is, and what came of it.';
