"""Break the product on purpose, a little at a time: each time, some test must notice."""
