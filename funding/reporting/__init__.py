"""Reports: exports under a name, that go out by themselves, each time once.

`reports` says what a report's file holds, `schedule` when it is due, `running` makes the file and sends it or puts it
into the folder, `ready` has those that come with Roundbook. `asked` makes the files that programs ask for and fetch.
docs/reports.md has the whole.
"""
