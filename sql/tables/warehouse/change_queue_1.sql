create table sync.change_queue_1 (like sync.change_queue_0 including defaults)
with (vacuum_truncate = false, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0.5);
alter table sync.change_queue_1 replica identity full;
comment on table sync.change_queue_1 is 'The other half of change_queue_0.';
