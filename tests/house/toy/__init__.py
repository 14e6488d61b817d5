"""Kinds that live in the tests only: titles, which are pushed, and a diary, which is only written."""
