create type sync.judged_variant as (
  place bigint, key text, variant_id bigint, fields jsonb, rank integer, options jsonb, is_gone boolean, judged jsonb
);
comment on type sync.judged_variant is 'A variant as it is to be and as it is, as judge_variants() gives it.';
