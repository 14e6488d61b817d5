-- The characters of a name that are not seen, in words, each with its place.
create or replace function sync.unseen_in(p_name text) returns setof text
language sql immutable strict
set search_path = pg_catalog, pg_temp
begin atomic
select distinct
  case
    when c.code = 32 then 'a blank'
    when c.code = 9 then 'a tab'
    when c.code in (10, 11, 12, 13, 133, 8232, 8233) then 'a line break'
    when c.code in (160, 8199, 8239) then 'a no-break space'
    when c.code in (8203, 8204, 8205, 8288, 65279) then 'a zero-width character'
    when c.code = 173 then 'a soft hyphen'
    when c.code in (1564, 8206, 8207) or c.code between 8234 and 8238 or c.code between 8294 and 8297
      then 'a mark of direction'
    else 'the character U+' || lpad(upper(to_hex(c.code)), 4, '0')
  end || case c.place when 1 then ' at its start' when length(p_name) then ' at its end' else ' within it' end
from (
  select ascii(s.letter) as code, s.place
  from regexp_split_to_table(p_name, '') with ordinality as s (letter, place)
) as c
where c.code <= 32 or c.code between 127 and 160 or sync.skeleton(chr(c.code)) = '';
end;
comment on function sync.unseen_in(text) is 'The characters of a name that are not seen, in words, each with its place.';
