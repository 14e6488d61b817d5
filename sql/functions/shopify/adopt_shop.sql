-- Become the writer of a shop, under another name and from where this database is now: its next mark is one that
-- nobody else takes for his own. What is known of it is read anew before anything is written. Returns the mode that it
-- is in from now on: the one it had when another writer was found.
create or replace function sync.adopt_shop(p_shop_id bigint) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_domain text;
  v_mode text;
begin
  select h.domain into strict v_domain from sync.shops as h where h.id = p_shop_id for no key update;
  update sync.shops as h
  set mode = 'live'
  from sync.writers as w
  where h.id = p_shop_id and w.shop_id = h.id and w.was_live and h.mode = 'monitor';
  update sync.writers as w
  set
    installation = gen_random_uuid(), home = sync.home(), mark = null, sent = gen_random_uuid(), digest = null,
    confirmed_at = '-infinity', beat_at = clock_timestamp() + interval '10 seconds', doubted = null, doubted_at = null
  where w.shop_id = p_shop_id;
  perform sync.distrust_levels(p_shop_id);
  select h.mode into v_mode from sync.shops as h where h.id = p_shop_id;
  perform sync.note_event(
    p_shop_id, 'shop_adopted', v_mode, format('%s is written to from here, and is %s.', v_domain, v_mode)
  );
  return v_mode;
end $$;
comment on function sync.adopt_shop(bigint) is 'Become the writer of a shop; returns the mode it is in from now on.';
