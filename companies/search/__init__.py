"""Find companies, investors, people and rounds by what somebody types, typos and all.

`spelling` is what words are held under, `indexing` keeps the entries in step with the records, `lookup` finds names,
and `rounds` the rounds of a company by stage and year.
"""
