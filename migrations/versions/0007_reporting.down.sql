drop view sync.push_latencies, sync.product_changes, sync.pushed_levels;
