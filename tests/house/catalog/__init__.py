"""The catalogue from end to end: products of the warehouse as the sandbox's shop shows them."""
