-- Judged variants with what of each is sent: the values, what we say (which is agreed on then), and what was before.
create or replace function sync.sent_variants(p_variants sync.judged_variant[])
returns table (
  place bigint, key text, variant_id bigint, fields jsonb, options jsonb, is_gone boolean, send jsonb, ours jsonb,
  before jsonb
)
language sql immutable
set search_path = pg_catalog, pg_temp
begin atomic
with sent as (
  select
    v.place,
    jsonb_object_agg(f.field, f.value) as send,
    jsonb_object_agg(f.field, f.ours) as ours,
    jsonb_object_agg(f.field, f.theirs) as before
  from unnest(p_variants) as v
  cross join lateral jsonb_to_recordset(v.judged) as f (
    field text, verdict text, value jsonb, ours jsonb, theirs jsonb
  )
  where f.verdict = 'send'
  group by v.place
)

select
  v.place, v.key, v.variant_id, v.fields, v.options, v.is_gone, coalesce(s.send, '{}'), coalesce(s.ours, '{}'),
  coalesce(s.before, '{}')
from unnest(p_variants) as v
left join sent as s on v.place = s.place;
end;
comment on function sync.sent_variants(sync.judged_variant[]) is 'Judged variants with what of each is sent.';
