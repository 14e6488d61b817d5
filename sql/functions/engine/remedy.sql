-- What a person can do about something, in words; of what nobody foresaw, what always helps.
create or replace function sync.remedy(p_topic text, variadic p_names text[] default '{}') returns text
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
select format(r.remedy, variadic p_names)
from sync.remedies as r
where r.topic in (p_topic, 'OTHERWISE')
order by r.topic = 'OTHERWISE'
limit 1;
end;
comment on function sync.remedy(text, text[]) is 'What a person can do about a class of refusal or an alert, in words.';
