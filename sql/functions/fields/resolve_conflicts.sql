-- A person has decided open conflicts: for our value, for what the shop has, or for p_value. What Shopify is to hold is
-- noted, and sent; what both sides are content with is agreed, and does not come back by itself. Returns how many.
create or replace function sync.resolve_conflicts(
  p_ids bigint[], p_outcome text, p_value jsonb, p_by text, p_run_id bigint default null
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_conflict sync.field_conflicts;
  v_resolved integer := 0;
  v_value jsonb;
  v_problem text;
begin
  for v_conflict in
    select c.* from sync.field_conflicts as c
    where c.id = any (p_ids) and c.outcome is null
    order by c.shop_id, c.entity, c.key, c.field
    for update
  loop
    if p_outcome = 'value' then
      -- It is of the kind that both sides have it of: what looks like a number may be a text.
      v_value := case
        when jsonb_typeof(coalesce(nullif(v_conflict.ours, 'null'), v_conflict.theirs)) = 'string'
          and p_value <> 'null' then to_jsonb(p_value #>> '{}')
        else p_value
      end;
      v_problem := case
        when jsonb_typeof(v_value) not in (jsonb_typeof(v_conflict.ours), jsonb_typeof(v_conflict.theirs))
          then format('it is of type %s, not %s', jsonb_typeof(v_value), jsonb_typeof(v_conflict.ours))
        when jsonb_typeof(v_value) = 'array' and jsonb_path_exists(v_conflict.ours, '$[*] ? (@.type() == "string")')
          and jsonb_path_exists(v_value, '$[*] ? (@.type() != "string")')
          then 'it is a list of other things than texts'
        else sync.value_problem(v_conflict.entity, v_conflict.key, v_conflict.field, v_value)
      end;
      if v_problem is not null then
        raise exception sqlstate 'SW008' using
          message = format('%s of %s cannot be that: %s', v_conflict.field, v_conflict.key, v_problem);
      end if;
    end if;
    update sync.field_conflicts as c
    set
      outcome = p_outcome, decided_by = p_by, decided_at = clock_timestamp(),
      value = v_value
    where c.id = v_conflict.id;
    update sync.field_bases as b
    set
      decided = case
        when p_outcome = 'theirs' then b.decided - v_conflict.field
        else b.decided || jsonb_build_object(
          v_conflict.field, case when p_outcome = 'ours' then v_conflict.ours else v_value end
        )
      end,
      ours = b.ours || jsonb_build_object(v_conflict.field, v_conflict.ours),
      theirs = b.theirs || jsonb_build_object(v_conflict.field, v_conflict.theirs)
    where b.shop_id = v_conflict.shop_id and b.entity = v_conflict.entity and b.key = v_conflict.key;
    perform sync.touch_object(v_conflict.shop_id, v_conflict.entity, v_conflict.key, p_run_id)
    where p_outcome <> 'theirs';
    perform sync.return_conflict(v_conflict.id) where p_outcome = 'theirs';
    v_resolved := v_resolved + 1;
  end loop;
  return v_resolved;
end $$;
comment on function sync.resolve_conflicts(bigint[], text, jsonb, text, bigint) is
'A person has decided open conflicts: ours, theirs, or value; returns how many.';
