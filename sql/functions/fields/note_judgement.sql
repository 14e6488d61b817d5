-- What was judged of the fields of an object (rows of judge_fields() as JSON): conflicts are rows, once each; what both
-- sides are content with is agreed, and the warehouse is told what the shop has won.
create or replace function sync.note_judgement(
  p_shop_id bigint, p_entity text, p_key text, p_judged jsonb, p_theirs_at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lost bigint[];
begin
  with noted as (
    insert into sync.field_conflicts (
      shop_id, entity, key, field, base, ours, theirs, theirs_at, rule, outcome, value, decided_by, decided_at
    )
    select
      p_shop_id, p_entity, p_key, j.field, j.base, j.ours, j.theirs, p_theirs_at, j.rule, j.outcome,
      case when j.outcome = 'merged' then j.value end, case when j.outcome is not null then 'rule' end,
      case when j.outcome is not null then clock_timestamp() end
    from jsonb_to_recordset(p_judged) as j (
      field text, verdict text, value jsonb, ours jsonb, base jsonb, theirs jsonb, rule text, outcome text
    )
    left join lateral (
      select c.* from sync.field_conflicts as c
      where c.shop_id = p_shop_id and c.entity = p_entity and c.key = p_key and c.field = j.field
      order by c.id desc
      limit 1
    ) as l on true
    where (j.outcome is not null or j.verdict = 'hold')
      -- A request that goes again has been judged before.
      and (l.id is null or row(l.base, l.theirs) is distinct from row(j.base, j.theirs)
        or l.outcome is distinct from j.outcome or j.outcome = 'theirs'
        -- The shop has made the same edit once more.
        or exists (
          select from sync.field_writes as w
          join sync.requests as r on r.id = w.request_id and r.shop_id = p_shop_id and r.state = 'applied'
          where w.key = p_key and w.entity = p_entity and w.fields ? j.field and r.answered_at > l.decided_at
        ))
    on conflict (shop_id, entity, key, field) where outcome is null do update
    set ours = excluded.ours, theirs = excluded.theirs, theirs_at = excluded.theirs_at, rule = excluded.rule
    returning *
  )

  select array_agg(n.id order by n.id) into v_lost from noted as n where n.outcome = 'theirs';

  update sync.field_bases as b
  set
    ours = b.ours || k.ours,
    theirs = b.theirs || k.theirs,
    decided = b.decided - array(select jsonb_object_keys(k.ours))
  from (
    select
      jsonb_object_agg(j.field, j.ours) as ours,
      coalesce(jsonb_object_agg(j.field, j.theirs) filter (where j.theirs is not null), '{}') as theirs
    from jsonb_to_recordset(p_judged) as j (field text, verdict text, ours jsonb, theirs jsonb)
    where j.verdict = 'keep'
  ) as k
  where b.shop_id = p_shop_id and b.entity = p_entity and b.key = p_key and k.ours is not null;
  -- What a person was to decide, and nobody differs about any more, or a rule has decided.
  update sync.field_conflicts as c
  set outcome = 'ours', decided_by = 'both sides, which agree', decided_at = clock_timestamp()
  where c.shop_id = p_shop_id and c.entity = p_entity and c.key = p_key and c.outcome is null and not exists (
    select from jsonb_to_recordset(p_judged) as j (field text, verdict text)
    where j.field = c.field and j.verdict = 'hold'
  );
  perform sync.return_conflict(l.id) from unnest(v_lost) as l (id);
end $$;
comment on function sync.note_judgement(bigint, text, text, jsonb, timestamptz) is
'Note what was judged of the fields of an object: conflicts, and what both sides agree on.';
