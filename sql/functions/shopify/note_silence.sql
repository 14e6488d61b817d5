-- The mark of a shop could not be renewed. p_class: the call failed, for a reason that holds for every call of the
-- shop, which counts as a job's would (note_failure). After two minutes people are told, unless the shop is silent
-- altogether.
create or replace function sync.note_silence(
  p_shop_id bigint, p_error text, p_seconds double precision, p_class text default null, p_refused boolean default false
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  update sync.writers as w
  set
    error = p_error, silent_since = coalesce(w.silent_since, clock_timestamp()),
    beat_at = clock_timestamp() + make_interval(secs => p_seconds)
  where w.shop_id = p_shop_id;
  if p_class is not null then
    perform sync.note_failure(p_shop_id, null, p_class, p_error, p_refused);
  end if;
  perform sync.raise_alert(
    'writer_unconfirmed', w.shop_id, '',
    format('The mark of the writer cannot be renewed in %s, so nothing is written there: %s', h.domain, p_error)
  )
  from sync.writers as w
  join sync.shops as h on h.id = w.shop_id
  where w.shop_id = p_shop_id and w.silent_since < clock_timestamp() - interval '2 minutes' and not exists (
    select from sync.circuits as c where c.shop_id = w.shop_id and c.kind = '' and c.state <> 'closed'
  );
end $$;
comment on function sync.note_silence(bigint, text, double precision, text, boolean) is
'The mark of a shop could not be renewed; it is tried again after some seconds.';
