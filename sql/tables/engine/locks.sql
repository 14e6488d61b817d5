create table sync.locks (name text primary key);
comment on table sync.locks is
'Rows to be locked by who must be alone. Any session may take an advisory lock, and so stop the relay; these only who may '
'write here.';
insert into sync.locks (name) values ('attach'), ('bulk'), ('furnish'), ('lookout'), ('relay'), ('runs');
-- One of these for every alert, see lock_alert().
insert into sync.locks (name) select 'alert ' || n from generate_series(0, 1023) as n;
