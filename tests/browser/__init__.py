"""The pages in a real browser: each person with a device of their own, and a real server."""
