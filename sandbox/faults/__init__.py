"""What goes wrong on purpose: faults, and the script that lets them strike."""
