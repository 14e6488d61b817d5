-- Store a request of the catalogue, with the fields that it sets ([{entity, key, fields, before}]); in a shop that is
-- not live, note what would have been sent instead. p_undo_id: the undo that wants it, which a job will come for.
create or replace function sync.store_product_request(
  p_turn sync.turn, p_group text, p_mode text, p_document text, p_variables json, p_writes jsonb,
  p_undo_id bigint default null
)
returns setof sync.step
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint := nextval('sync.requests_id_seq');
begin
  if p_mode <> 'live' then
    insert into sync.product_shadows (shop_id, group_key, document, variables)
    select p_turn.shop_id, p_group, p_document, p_variables
    where p_variables::jsonb is distinct from (
      select s.variables::jsonb from sync.product_shadows as s
      where s.shop_id = p_turn.shop_id and s.group_key = p_group and s.document = p_document
      order by s.id desc
      limit 1
    );
    return;
  end if;
  return next sync.store_request(
    p_turn, v_id, p_document, gen_random_uuid(), p_variables, 1, array[p_group], p_undo_id
  );
  insert into sync.field_writes (request_id, entity, key, fields, before, run_id)
  select v_id, w.entity, w.key, w.fields, w.before, (
    select p.run_id from sync.pending as p
    where p.shop_id = p_turn.shop_id and p.kind = 'catalog' and p.key = p_group and p_undo_id is null
  )
  from jsonb_to_recordset(p_writes) as w (entity text, key text, fields jsonb, before jsonb);
end $$;
comment on function sync.store_product_request(sync.turn, text, text, text, json, jsonb, bigint) is
'Store a request of the catalogue with the fields that it sets, or note what would have been sent; returns its step.';
