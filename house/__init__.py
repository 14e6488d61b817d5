"""A house on this machine: Postgres, a warehouse, a shop at the sandbox, runners; for demo, bench, soak and tests."""
