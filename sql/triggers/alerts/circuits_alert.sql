-- Guarantees that an open circuit is an alert and an event, and its closing too, whoever changes the row.
create or replace function sync.circuits_alert() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_before text := coalesce(old.state, 'closed');
  v_shop text;
begin
  if new.state = v_before then
    return null;
  end if;
  select h.domain into v_shop from sync.shops as h where h.id = new.shop_id;
  if new.state <> 'closed' then
    perform sync.raise_alert(
      'circuit_open', new.shop_id, '',
      format('%s fails every call, so changes wait: %s: %s', v_shop, new.class, new.message),
      jsonb_build_object('class', new.class, 'opened_at', new.opened_at, 'probes', new.probes)
    );
    if v_before = 'closed' then
      perform sync.note_event(
        new.shop_id, 'circuit_opened', v_shop, new.message, jsonb_build_object('class', new.class)
      );
    end if;
  else
    perform sync.clear_alert('circuit_open', new.shop_id);
    perform sync.note_event(
      new.shop_id, 'circuit_closed', v_shop, 'The shop answers again.',
      jsonb_build_object('opened_at', old.opened_at, 'probes', old.probes)
    );
  end if;
  return null;
end $$;
comment on function sync.circuits_alert() is 'Raise or clear circuit_open, and note what happened.';

create or replace trigger circuits_alert after insert or update of state on sync.circuits
for each row execute function sync.circuits_alert();
