-- An entry in the change queue for each entity, after which the relay looks at all its keys.
create or replace function sync.look_at_all(p_op text) returns void
language sql
set search_path = pg_catalog, pg_temp
begin atomic
insert into sync.change_queue_0 (watch, op)
select min(w.watch), p_op from sync.watches as w where w.is_watched group by w.entity;
end;
comment on function sync.look_at_all(text) is 'Make the relay look at all keys of every watched entity.';
