-- The shop answers: its circuit is closed, and the relay, which packed nothing for it meanwhile, is woken. That of a
-- kind closes when Shopify takes the document that it did not, or a request of the kind.
create or replace function sync.note_success(
  p_shop_id bigint, p_document text default null, p_request_id bigint default null
) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
with closed as (
  update sync.circuits as c
  set state = 'closed', failures = 0, probes = 0, opened_at = null, next_probe_at = null, probe_job_id = null
  from sync.circuits as o
  where c.shop_id = p_shop_id and o.shop_id = c.shop_id and o.kind = c.kind and c.failures > 0
    and (
      c.kind = '' or c.document = p_document
      or c.kind = (select r.kind from sync.requests as r where r.id = p_request_id)
    )
  returning o.state
)

select sync.notify_listeners('sync_changes') from closed where state <> 'closed' order by state limit 1;
end;
comment on function sync.note_success(bigint, text, bigint) is
'The shop answers a document: close its circuit and wake the relay.';
