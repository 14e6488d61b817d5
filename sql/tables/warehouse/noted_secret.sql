create sequence sync.noted_secret;
comment on sequence sync.noted_secret is
'What only triggers know: by it they tell a note of their own, that one entry stands for a whole transaction, from one '
'that a session has set.';
select pg_catalog.setval('sync.noted_secret', 1 + floor(1e15 * random())::bigint);
