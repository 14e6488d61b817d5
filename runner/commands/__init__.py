"""The commands of the command line, by subject: each parses, calls one function, and prints."""
