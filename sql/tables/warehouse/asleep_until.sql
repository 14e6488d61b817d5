create sequence sync.asleep_until minvalue -9223372036854775807 start 0;
comment on sequence sync.asleep_until is
'Epoch second until which a sleeping runner wants a NOTIFY for every change; negative if it looks by itself and wants '
'none; 0 while it is awake. It lies in the past soon after a runner has died, so that writers never notify nobody.';
select pg_catalog.setval('sync.asleep_until', 0);
