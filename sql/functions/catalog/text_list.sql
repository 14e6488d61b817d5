-- Words of a list, which may be an array or a text with commas: trimmed, each once whatever its case, in the order of
-- their letters, as Shopify keeps tags.
create or replace function sync.text_list(p_given jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
with given as (
  select g.word
  from jsonb_array_elements_text(
    case when jsonb_typeof(p_given) = 'array' then p_given else jsonb_build_array(p_given) end
  ) as g (word)
  where g.word is not null
),

words as (
  select distinct on (lower(btrim(w.word))) btrim(w.word) as word
  from given as g
  cross join lateral regexp_split_to_table(g.word, ',') as w (word)
  where btrim(w.word) <> ''
  order by lower(btrim(w.word)), btrim(w.word)
)

select coalesce(jsonb_agg(w.word order by lower(w.word) collate "C"), '[]') from words as w;
end;
comment on function sync.text_list(jsonb) is 'The words of an array, or of a text with commas, each once.';
