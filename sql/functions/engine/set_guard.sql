-- Say what is unusual for a shop: of one kind, or of every one; null leaves a limit as it is.
create or replace function sync.set_guard(
  p_shop_id bigint, p_kind text, p_loss_share double precision, p_change_share double precision, p_allowance integer
)
returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
update sync.guards as g
set
  loss_share = coalesce(p_loss_share, g.loss_share),
  change_share = coalesce(p_change_share, g.change_share),
  allowance = coalesce(p_allowance, g.allowance)
where g.shop_id = p_shop_id and (p_kind is null or g.kind = p_kind);
end;
comment on function sync.set_guard(bigint, text, double precision, double precision, integer) is
'Say what is unusual for a shop; null leaves a limit as it is.';
