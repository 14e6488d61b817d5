-- loses: sync.lanes, pending, requests, calls, refusals, conflicts, discrepancies, budgets, circuits
-- loses: sync.guards, run_writes, shadow_writes
drop function sync.explain_stock(text);
drop function sync.retry_refusals(bigint, text, text[]);
drop function sync.link_products(bigint, timestamptz);
drop function sync.record_variants(bigint, timestamptz, json);
drop function sync.map_location(bigint, text, bigint);
drop function sync.record_locations(bigint, json);
drop function sync.remove_shop(bigint);
drop function sync.add_shop(text, text, text, text, bytea);
drop view
sync.open_discrepancies,
sync.sync_statistics, sync.sync_health, sync.open_conflicts, sync.open_refusals, sync.pending_changes,
sync.inventory_discrepancies, sync.inventory_levels;
drop function sync.continue_push(
  bigint, integer, bigint, bigint, text[], boolean, boolean, bigint, json, json, integer, integer
);
drop function sync.settle_push(bigint, bigint, text[], bigint);
drop function sync.record_levels(bigint, timestamptz, bigint[], json, bigint);
drop function sync.record_answer(bigint, text, json, json);
drop function sync.plan_push(bigint, integer, bigint, bigint, text[], integer);
drop function sync.set_quantities(bigint, uuid, json);
drop function sync.quantity_input(bigint, bigint, integer, integer);
drop function sync.refuse(bigint, text, bigint, text, text, text, bigint, bigint);
drop function sync.claim_lane(bigint, integer, bigint);
drop function sync.request_entries(json);
drop function sync.record_call(bigint, json);
drop function sync.enter_circuit(bigint, bigint);
drop function sync.give_back(bigint, bigint);
drop function sync.note_success(bigint);
drop function sync.note_failure(bigint, bigint, text, text, boolean);
drop function sync.reserve_budget(bigint, integer, integer, boolean);
drop function sync.relay_changes(integer, integer);
drop function sync.release_orphans();
drop function sync.pack_jobs();
drop function sync.enqueue_job(text, jsonb, integer);
drop function sync.mark_all_pending(bigint, timestamptz, bigint, boolean);
drop function sync.mark_pending(bigint, text[], timestamptz[], bigint, boolean);
drop function sync.check_guard(bigint, integer);
drop function sync.guard_stops(bigint, bigint);
drop function sync.count_guarded(bigint);
drop function sync.zeroed_lately(sync.lanes);
drop function sync.hold_shop(bigint, text, jsonb);
drop function sync.held_back(bigint);
drop function sync.compute_levels(bigint, text[]);
drop function sync.lane_of(text);
drop table sync.circuits, sync.guards, sync.run_writes, sync.shadow_writes;
drop table
sync.budgets, sync.discrepancies, sync.conflicts, sync.refusals, sync.calls, sync.requests, sync.pending, sync.lanes;
