create type sync.turn as (shop_id bigint, kind text, lane smallint, job_id bigint, generation bigint);
comment on type sync.turn is 'A job''s turn in its lane. Whoever holds an older generation has lost it.';
