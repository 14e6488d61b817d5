-- The shop holds our mark. Whoever waits for that is woken.
create or replace function sync.confirm_writer(
  p_shop_id bigint, p_mark uuid, p_owner text, p_digest text, p_seconds double precision
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_before timestamptz;
begin
  select w.confirmed_at into v_before from sync.writers as w where w.shop_id = p_shop_id for update;
  update sync.writers as w
  set
    mark = p_mark, sent = null, owner = p_owner, digest = p_digest, confirmed_at = clock_timestamp(), doubted = null,
    doubted_at = null, other = null, was_live = false, error = null, silent_since = null,
    beat_at = clock_timestamp() + make_interval(secs => p_seconds)
  where w.shop_id = p_shop_id;
  perform sync.clear_alert('other_writer', p_shop_id);
  perform sync.clear_alert('writer_unconfirmed', p_shop_id);
  if v_before < clock_timestamp() - interval '1 minute' then
    perform sync.notify_listeners('sync_changes');
  end if;
end $$;
comment on function sync.confirm_writer(bigint, uuid, text, text, double precision) is
'The shop holds our mark: we are its writer, and renew the mark after some seconds.';
