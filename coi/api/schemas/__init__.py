"""What is sent and answered, one module a resource; the description is made from these."""
