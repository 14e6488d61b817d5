"""Variants of products: their options, their input, and the mutations on many of them."""
