-- An address in one form, of the Admin API or of a webhook.
create or replace function sync.address_of(p_address jsonb) returns jsonb
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
return case when jsonb_typeof(p_address) = 'object' then jsonb_build_object(
  'first_name', coalesce(p_address ->> 'firstName', p_address ->> 'first_name'),
  'last_name', coalesce(p_address ->> 'lastName', p_address ->> 'last_name'),
  'name', p_address ->> 'name', 'company', p_address ->> 'company',
  'address1', p_address ->> 'address1', 'address2', p_address ->> 'address2', 'city', p_address ->> 'city',
  'province', p_address ->> 'province',
  'province_code', coalesce(p_address ->> 'provinceCode', p_address ->> 'province_code'),
  'zip', p_address ->> 'zip', 'country', p_address ->> 'country',
  'country_code', coalesce(p_address ->> 'countryCodeV2', p_address ->> 'country_code'), 'phone', p_address ->> 'phone'
) end;
comment on function sync.address_of(jsonb) is 'An address in one form, of the Admin API or of a webhook.';
