"""The API at `/api/v1/`: records and statements read and written by programs.

Everything goes the way of the pages: the same filters choose, the same forms read what is entered, the same code
records it, and `config/access.py` says who may. Docs: `docs/api.md`.
"""
