"""The pages, asked as a browser asks them; the real browser has a folder of its own."""
