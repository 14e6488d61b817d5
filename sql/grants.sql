-- Who may do what. The runner works through functions, views and our own tables; reporting reads the views and nothing
-- else. Neither may write through a view: a simple one would write to the warehouse, with its owner's rights.
grant select on all tables in schema sync to sync_runner;
grant usage, select, update on all sequences in schema sync to sync_runner;
revoke execute on all functions in schema sync from public;
grant execute on all functions in schema sync to sync_runner;
grant insert, update, delete on
sync.locations, sync.shop_locations, sync.variants, sync.links, sync.levels, sync.change_queue_0,
sync.change_queue_1, sync.change_log, sync.change_log_default, sync.lanes, sync.pending, sync.requests, sync.calls,
sync.refusals, sync.level_conflicts, sync.level_discrepancies, sync.budgets, sync.circuits, sync.guards,
sync.level_writes, sync.level_shadows, sync.departed_items, sync.mapping_faults, sync.schedules, sync.runs, sync.plans,
sync.alerts, sync.deliveries, sync.writers, sync.slices, sync.catalogs, sync.product_links, sync.catalog_variants,
sync.catalog_media, sync.collections, sync.catalog_collections, sync.product_shadows, sync.field_rules,
sync.field_bases, sync.field_conflicts, sync.field_writes, sync.products,
sync.bulk_operations, sync.bulk_lines, sync.corrections, sync.field_discrepancies, sync.run_failures,
sync.tasks, sync.integrity_findings, sync.document_costs, sync.orders, sync.order_lines, sync.reservations,
sync.heard_orders, sync.order_policies, sync.webhooks, sync.webhook_secrets
to sync_runner;
grant update on sync.locks to sync_runner;
-- Not the address: a token is sent there.
grant insert, delete on sync.shops to sync_runner;
grant update (
  grant_type, client_id, secret, access_token, access_token_expires_at, renewal, renewal_ends_at, name, currency, mode,
  scopes, verified_at, linked_at
) on sync.shops to sync_runner;
grant truncate on sync.change_queue_0, sync.change_queue_1 to sync_runner;
grant update on sync.alert_rules to sync_runner;
grant update (rechecked_at) on sync.mapping to sync_runner;
grant update (state, written, log_ids) on sync.watches to sync_runner;
grant insert, delete on sync.events to sync_runner;
grant execute on function
sync.whole_units(numeric), sync.still_owed(integer, integer, integer, integer), sync.stock_class(boolean, numeric),
sync.lost_lately(sync.lanes), sync.home(), sync.level_entries(json), sync.budget_level(sync.budgets)
to sync_reporting;
grant select on
sync.available_inventory, sync.stock_oddities, sync.managed_locations, sync.inventory_levels,
sync.inventory_discrepancies,
sync.pending_changes, sync.open_refusals,
sync.inventory_obstacles, sync.open_conflicts, sync.open_level_conflicts, sync.open_discrepancies, sync.sync_health,
sync.sync_statistics, sync.query_costs, sync.push_latencies, sync.product_changes, sync.pushed_levels, sync.open_alerts,
sync.alert_history, sync.recent_events, sync.guard_status, sync.shadow_levels, sync.queued_changes, sync.linked_levels,
sync.run_status, sync.mapped_locations, sync.undelivered_alerts, sync.backlog, sync.budget_status, sync.runners,
sync.silent_lanes, sync.unmapped_locations, sync.unbooked_orders, sync.unseen_sales, sync.writer_status,
sync.field_conflict_status, sync.product_discrepancies, sync.product_sync, sync.remote_products, sync.remote_variants,
sync.remote_levels, sync.open_product_discrepancies, sync.integrity_issues,
sync.open_tasks, sync.order_status, sync.order_line_status,
sync.webhook_inbox
to sync_reporting;
