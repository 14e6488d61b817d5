create sequence sync.ticks;
comment on sequence sync.ticks is
'Counts readings, answers and runs: what was known first is told by this number, not by a clock, which may be set back.';
