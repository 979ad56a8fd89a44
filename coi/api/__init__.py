"""JSON for programs: the same use cases as the pages, under `/api/v1`, one module a resource."""
