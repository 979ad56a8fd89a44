"""The pages: one module a subject, its templates beside; no rule of the record is written here."""
