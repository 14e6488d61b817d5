-- Sequences, because a trigger can read one without a snapshot, a lock that lasts or a dead row ever.
create sequence sync.active_queue minvalue 0 maxvalue 3 start 0;
comment on sequence sync.active_queue is 'Which change queue triggers append to: 0 or 1; 2 or 3, the same while a runner wants to be notified.';
select pg_catalog.setval('sync.active_queue', 0);
