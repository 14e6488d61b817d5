create type sync.step as (
  step text,
  keys text array,
  settled integer,
  request_id bigint,
  document text,
  idempotency_key uuid,
  variables json,
  entries integer,
  sends integer,
  age_seconds double precision,
  wait_seconds double precision,
  read bigint array
);
comment on type sync.step is
'What a job is to do next. take: these keys are the job''s now. send: a stored request; wait_seconds: its points are '
'taken, and there then. read: look at these objects of Shopify before the keys can be decided. held: nothing may be '
'sent now. linger: nothing waits, look again soon. end: give up the lane. settled counts the keys done with before.';
