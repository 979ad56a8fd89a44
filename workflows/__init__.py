"""What may happen next: definitions as data, and the pure engine that decides.

Knows nothing of the web, the database, the clock or the file system: it is given text and values,
and returns values.
"""
