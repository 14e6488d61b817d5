create table sync.priorities (
  class smallint primary key,
  name text not null unique,
  priority integer not null,
  meaning text not null
);
comment on table sync.priorities is
'Classes of urgency, of all kinds alike: a million of sync.pending.urgency to each. None starves: each batch of a lane '
'has some of every class that waits (take_keys).';
comment on column sync.priorities.priority is 'Of jobs: PgQueuer serves the larger number first.';
comment on column sync.priorities.meaning is 'What is of this class.';
insert into sync.priorities (class, name, priority, meaning) values
(0, 'critical', 50, 'falling stock, the last units first; what is deleted or archived'),
(1, 'high', 40, 'rising stock; new products, prices, and what decides about a sale'),
(2, 'normal', 30, 'texts, images, options'),
(3, 'low', 20, 'SEO, tags, metafields'),
(4, 'batch', 10, 'full passes');
