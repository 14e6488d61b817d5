-- By what a name differs from another that looks the same, in words.
create or replace function sync.tell_apart(p_name text, p_other text) returns text
language plpgsql immutable strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_words text[];
  v_bare text;
  v_bare_other text;
begin
  v_words := array(
    select u.unseen from sync.unseen_in(p_name) as u (unseen)
    except select o.unseen from sync.unseen_in(p_other) as o (unseen)
    order by 1
  ) || array(
    select u.unseen || ' of the other' from sync.unseen_in(p_other) as u (unseen)
    except select o.unseen || ' of the other' from sync.unseen_in(p_name) as o (unseen)
    order by 1
  );
  select
    string_agg(s.letter, '' order by s.place) filter (where s.side = 1),
    string_agg(s.letter, '' order by s.place) filter (where s.side = 2)
  into v_bare, v_bare_other
  from (
    select 1 as side, n.letter, n.place from regexp_split_to_table(p_name, '') with ordinality as n (letter, place)
    union all
    select 2, o.letter, o.place from regexp_split_to_table(p_other, '') with ordinality as o (letter, place)
  ) as s
  where sync.skeleton(s.letter) <> '';
  if v_bare <> v_bare_other then
    v_words := v_words || case
      when lower(v_bare collate pg_catalog."default") = lower(v_bare_other collate pg_catalog."default")
        then 'upper and lower case'
      when getdatabaseencoding() = 'UTF8' and normalize(v_bare, nfc) = normalize(v_bare_other, nfc)
        then 'how its accents are composed'
      else 'other forms of its letters'
    end;
  elsif cardinality(v_words) = 0 then
    v_words := array['how many blanks it has'];
  end if;
  return array_to_string(v_words, ', ');
end $$;
comment on function sync.tell_apart(text, text) is 'By what a name differs from another that looks the same, in words.';
