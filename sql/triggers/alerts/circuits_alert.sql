-- Guarantees that an open circuit, of a shop or of a kind, is an alert and an event, and its closing too, whoever
-- changes the row.
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
  if new.kind <> '' then
    if new.state <> 'closed' then
      perform sync.raise_alert(
        'document_refused', new.shop_id, new.kind, new.message,
        jsonb_build_object('document', new.document, 'class', new.class, 'opened_at', new.opened_at)
      );
    else
      perform sync.clear_alert('document_refused', new.shop_id, new.kind);
    end if;
    if 'closed' in (new.state, v_before) then
      perform sync.note_event(
        new.shop_id, case when new.state = 'closed' then 'document_taken' else 'document_refused' end, new.kind,
        case when new.state = 'closed' then format('Shopify takes %s again.', new.document) else new.message end,
        jsonb_build_object('document', new.document, 'class', new.class)
      );
    end if;
  elsif new.state <> 'closed' then
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
comment on function sync.circuits_alert() is 'Raise or clear circuit_open or document_refused, and note what happened.';

create or replace trigger circuits_alert after insert or update of state on sync.circuits
for each row execute function sync.circuits_alert();
