-- What a name looks like: without blanks and what is not seen, in one case and one form of each letter. It finds what
-- people take for the same name; nothing is linked by it.
create or replace function sync.skeleton(p_name text) returns text
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text := p_name collate pg_catalog."default";
begin
  if getdatabaseencoding() = 'UTF8' then
    v_name := regexp_replace(normalize(v_name, nfkc), '[\u2010-\u2015\u2212]', '-', 'g');
    v_name := regexp_replace(v_name, '[\u034f\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufe00-\ufe0f\ufeff]', '', 'g');
  end if;
  return lower(regexp_replace(v_name, '[\u0001-\u0020\u007f-\u00a0\u00ad]', '', 'g'));
end $$;
comment on function sync.skeleton(text) is
'What a name looks like to people: without blanks, case and forms of letters. What differs only so has one skeleton.';
