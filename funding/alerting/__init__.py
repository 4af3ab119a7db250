"""Alerts: from what a change did to the mail, webhook or feed entry that tells of it, each once.

`noticing` queues a look at a change in the transaction that makes it; `events` looks, and writes what concerns which
alert; `deliveries` sends it. docs/alerts.md has the whole.
"""
