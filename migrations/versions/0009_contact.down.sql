-- loses: sync.plans
drop view sync.shadow_levels, sync.guard_status;
drop function sync.finish_undo(bigint, bigint);
drop function sync.plan_undo(bigint, bigint);
drop function sync.written_by(bigint);
drop function sync.release_guard(bigint);
drop function sync.set_mode(bigint, text, text);
drop function sync.make_plan(bigint);
drop function sync.draft_plan(bigint);
revoke execute on function sync.zeroed_lately(sync.lanes) from sync_reporting;
drop table sync.plans;
