-- What is known of a shop is older than what was last written there: nothing more is written until all its levels were
-- read anew, and what was stored to be sent is not: it may have been, long ago.
create or replace function sync.distrust_levels(p_shop_id bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_domain text;
begin
  select h.domain into strict v_domain from sync.shops as h where h.id = p_shop_id;
  update sync.writers as w set unread_since = nextval('sync.ticks') where w.shop_id = p_shop_id;
  perform sync.close_request(r.id, 'abandoned', '{"message": "the database is older than the shop"}')
  from sync.requests as r
  where r.shop_id = p_shop_id and r.state = 'open';
  perform sync.raise_alert(
    'levels_unread', p_shop_id, '',
    format('What this database knows of %s is older than what was last written there: nothing is, until all is read.',
      v_domain)
  );
end $$;
comment on function sync.distrust_levels(bigint) is
'Write nothing to a shop until all its levels were read anew; what waits for an answer is given up.';
