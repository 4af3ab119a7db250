"""Backup and restore: the whole database in one file that proves itself.

The file is a zip archive of two parts: `database.dump`, as PostgreSQL's own pg_dump writes it, and `manifest.json`,
which says what it is of and what it must hold (`manifest.py`). `writing.py` makes one, `restoring.py` puts it back.
"""
