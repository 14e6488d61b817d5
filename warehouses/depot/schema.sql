-- A warehouse of another mind: uuid keys, German names, quoted identifiers, quantities in place of one row per unit.
create schema lager;

create table lager."Artikel" (
  artikel_id uuid primary key default gen_random_uuid(),
  "Artikelnummer" varchar(40),
  bezeichnung varchar(200) not null
);

create table lager.lagerorte (
  ort_id uuid primary key default gen_random_uuid(),
  kuerzel varchar(10) not null unique
);

create table lager.bestand (
  bestand_id uuid primary key default gen_random_uuid(),
  artikel uuid not null references lager."Artikel",
  ort uuid references lager.lagerorte,
  zustand smallint not null,
  menge numeric(12, 0) not null check (menge >= 0)
);
create index bestand_artikel_idx on lager.bestand (artikel);

create table lager.kunden (
  kunde_id uuid primary key default gen_random_uuid(),
  anschrift text
);
