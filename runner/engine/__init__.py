"""What carries any subject: relay, lanes, pushes, runs, schedules. It knows none of them."""
