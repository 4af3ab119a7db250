"""Measurements that a person runs by `manage.py bench`; nothing else of the project uses them.

`extraction` times the engine on texts. `pages` times every page over a made-up population (`names`, `population`,
`rows`, `loading`), kept in data folders of its own (`folders`). `data` times imports and exports beside PostgreSQL
alone and other programs (`peers`).
"""
