-- Three ways, field by field: what both sides had agreed on, what we say, what Shopify was seen to hold. A field is
-- sent; kept, as both sides are content with what Shopify holds; or held, until a person decides. No row: nothing has
-- changed. What Shopify was not asked for is as it was. p_ours_at, p_theirs_at: when either has changed, as far as is
-- known.
create or replace function sync.judge_fields(
  p_shop_id bigint, p_entity text, p_key text, p_ours jsonb, p_ours_at timestamptz, p_theirs_at timestamptz
)
returns table (
  field text, verdict text, value jsonb, ours jsonb, base jsonb, theirs jsonb, rule text, outcome text
)
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
with known as (
  select
    coalesce(b.ours, '{}') as ours,
    coalesce(b.theirs, '{}') as theirs,
    coalesce(b.seen, '{}') as seen,
    coalesce(b.decided, '{}') as decided
  from (values (p_shop_id, p_entity, p_key)) as o (shop_id, entity, key)
  left join sync.field_bases as b on o.shop_id = b.shop_id and o.entity = b.entity and o.key = b.key
),

compared as (
  select
    o.key as field,
    o.value as ours,
    b.ours -> o.key as ours_before,
    b.theirs -> o.key as base,
    coalesce(b.seen -> o.key, b.theirs -> o.key) as theirs,
    b.decided -> o.key as decided,
    b.decided ? o.key as is_decided,
    b.ours ? o.key as is_agreed,
    coalesce((b.ours -> o.key) <> o.value, true) as ours_changed,
    (b.theirs ? o.key and b.seen ? o.key and (b.seen -> o.key) <> (b.theirs -> o.key)) as theirs_changed,
    b.seen ? o.key as is_seen
  from jsonb_each(p_ours) as o
  cross join known as b
),

-- What was there before we came was never agreed on: it is as if the shop had changed it, but no conflict.
ruled as (
  select
    c.*,
    sync.rule_of(p_shop_id, p_entity, c.field) as rule,
    case
      when c.is_decided and not (c.is_agreed and c.ours_changed) then 'decided'
      when (c.theirs_changed or c.ours_changed) and c.is_seen and c.theirs = c.ours then 'same'
      -- Nothing to say, and nothing known.
      when not c.is_agreed and not c.is_seen and c.ours in ('null', '[]', '""', '{}') then 'same'
      when c.theirs_changed then 'theirs'
      when not c.is_agreed and c.is_seen then 'found'
      when c.ours_changed then 'ours'
    end as situation
  from compared as c
),

merged as (
  select
    r.*,
    case
      when r.situation not in ('theirs', 'found') then null
      when r.rule <> 'newest' then r.rule
      when r.situation = 'theirs' and r.ours_changed and p_ours_at > p_theirs_at then 'ours'
      when r.situation = 'found' then 'ours'
      else 'theirs'
    end as winner,
    case
      when r.rule = 'merge' and r.situation in ('theirs', 'found')
        then sync.merge_values(r.base, r.ours, r.theirs)
      -- What the shop has added once stays, whatever the warehouse says later.
      when r.rule = 'merge' and r.situation = 'ours' and jsonb_typeof(r.theirs) = 'array' then sync.merge_values(
        r.base, r.ours, (
          select coalesce(jsonb_agg(e.value), '[]') from jsonb_array_elements(r.theirs) as e
          where not coalesce(nullif(r.ours_before, 'null'), '[]') @> jsonb_build_array(e.value)
        )
      )
    end as merged
  from ruled as r
)

select
  m.field,
  case
    when m.situation = 'same' then 'keep'
    when m.situation = 'decided' then 'send'
    when m.situation = 'ours' then case when m.rule = 'theirs' and m.is_agreed then 'keep' else 'send' end
    when m.winner = 'theirs' then 'keep'
    when m.winner = 'manual' or m.winner = 'merge' and m.merged is null then 'hold'
    when m.merged = m.theirs then 'keep'
    else 'send'
  end,
  case when m.situation = 'decided' then m.decided else coalesce(m.merged, m.ours) end,
  m.ours,
  m.base,
  m.theirs,
  m.rule,
  case
    when m.situation <> 'theirs' or m.winner = 'manual' or m.winner = 'merge' and m.merged is null then null
    when m.winner = 'theirs' then 'theirs'
    when m.winner = 'merge' then 'merged'
    else 'ours'
  end
from merged as m
where m.situation is not null;
end;
comment on function sync.judge_fields(bigint, text, text, jsonb, timestamptz, timestamptz) is
'What is to be done about each field of an object that one of both sides has changed: send, keep, hold.';
