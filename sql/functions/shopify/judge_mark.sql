-- What a mark means that a shop holds in the place of ours (its JSON; null: it holds none), and how old it is. ours:
-- one that we have sent; free: nobody's, or that of somebody who stopped before we ever wrote there: take it. wait: one
-- of our own installation that we do not know; if it is still there after a minute, this database was restored from a
-- backup: restored, take it and read everything anew; if another takes its place, a twin of this database is at work.
-- other: somebody else is the writer, and the shop falls to monitor.
create or replace function sync.judge_mark(p_shop_id bigint, p_found jsonb, p_seconds_old double precision)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_writer sync.writers;
  v_mark uuid;
begin
  select w.* into strict v_writer from sync.writers as w where w.shop_id = p_shop_id for update;
  if p_found is null then
    return 'free';
  end if;
  v_mark := (p_found ->> 'mark')::uuid;
  if (p_found ->> 'installation')::uuid is distinct from v_writer.installation then
    if v_writer.mark is null and p_seconds_old > 300 then
      return 'free';
    end if;
  elsif v_mark in (v_writer.mark, v_writer.sent) then
    return 'ours';
  elsif v_writer.doubted is null then
    update sync.writers as w set doubted = v_mark, doubted_at = clock_timestamp() where w.shop_id = p_shop_id;
    return 'wait';
  elsif v_writer.doubted = v_mark then
    if v_writer.doubted_at > clock_timestamp() - interval '1 minute' then
      return 'wait';
    end if;
    perform sync.distrust_levels(p_shop_id);
    return 'restored';
  end if;
  perform sync.yield_shop(p_shop_id, p_found);
  return 'other';
exception when invalid_text_representation then
  perform sync.yield_shop(p_shop_id, p_found);
  return 'other';
end $$;
comment on function sync.judge_mark(bigint, jsonb, double precision) is
'What a mark means that a shop holds in the place of ours: ours, free, wait, restored or other.';
