-- Digits behind the point of an amount in a currency, by ISO 4217.
create or replace function sync.currency_digits(p_currency text) returns integer
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
begin atomic
select case
  when p_currency in (
    'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'
  ) then 0
  when p_currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
  else 2
end;
end;
comment on function sync.currency_digits(text) is 'Digits behind the point of an amount in a currency.';
