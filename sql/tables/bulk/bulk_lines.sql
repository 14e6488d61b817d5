-- After a crash of Postgres it is empty, and results that were on their way are fetched again.
create unlogged table sync.bulk_lines (
  download bigint not null,
  line bigint generated always as identity,
  node json not null,
  parent bigint generated always as (
    substring(node ->> '__parentId', '^gid://shopify/[A-Za-z]+/([0-9]+)')::bigint
  ) stored,
  primary key (download, line)
);
create index bulk_lines_parent_idx on sync.bulk_lines (download, parent) where parent is not null;
comment on table sync.bulk_lines is 'The results of bulk operations, as they came, until they are noted.';
comment on sequence sync.bulk_lines_line_seq is 'Numbers lines in the order in which they came.';
comment on column sync.bulk_lines.parent is 'The object whose connection the line belongs to; null: a root.';
