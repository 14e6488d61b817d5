create table sync.integrity_checks (
  name text primary key,
  severity text not null,
  description text not null,
  sql text not null,
  remedy text not null,
  is_safe boolean not null default false,
  repair text,
  is_enabled boolean not null default true,
  constraint severity_is_known check (severity in ('info', 'warning', 'error')),
  constraint repair_is_known check (repair in ('push_products', 'push_stock', 'judge_links')),
  constraint safe_has_repair check (repair is not null or not is_safe)
);
comment on table sync.integrity_checks is
'What is looked for in every shop, by SQL that only reads. The owner adds a row for a check of their own.';
comment on column sync.integrity_checks.sql is
'A select of subject (what kind of thing), key (which one), name (what people call it), message, and target (the key in '
'the warehouse that the repair takes; null: a person must), one row for each that is wrong in the shop $1.';
comment on column sync.integrity_checks.remedy is 'What a person can do, in words.';
comment on column sync.integrity_checks.is_safe is 'Whether shelfwire integrity --fix may ask for its repair by itself.';
comment on column sync.integrity_checks.repair is
'How the engine puts it right (repair_keys). push_products: targets are groups; the others: products of the warehouse.';
insert into sync.schedules (name, expression, description, run_kind) values
('integrity', '0 4 * * 0', 'read every shop anew, and look for what is wrong in it or in its links', 'integrity');
