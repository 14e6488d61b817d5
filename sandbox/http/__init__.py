"""The Admin API over HTTP: addresses, status codes, headers, and the process that listens."""
