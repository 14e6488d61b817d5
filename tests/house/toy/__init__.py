"""A kind that lives in the tests only, the titles of products: to add one is what stands here, and no more."""
