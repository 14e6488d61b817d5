create sequence sync.asleep_until minvalue 0 start 0;
comment on sequence sync.asleep_until is
'Epoch second until which a sleeping runner wants a NOTIFY for every change; 0 while it is awake. '
'It lies in the past soon after a runner has died, so that writers never notify nobody.';
select pg_catalog.setval('sync.asleep_until', 0);
