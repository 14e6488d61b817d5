-- The number of one of Shopify's ids, gid://shopify/Type/number; a query behind it is not part of it.
create or replace function sync.gid_number(p_gid text) returns bigint
language sql immutable parallel safe
return split_part(split_part(p_gid, '/', 5), '?', 1)::bigint;
comment on function sync.gid_number(text) is 'The number of one of Shopify''s ids.';
