"""Words that were kept in English, or come from code that knows no language, told in the reader's language.

A reason that stands in the database, an error of a job, a message of the pure modules: each is a sentence of ours with
names and figures in it. They stand here as the catalogues have them, so that one is known again and said anew.
What is not known, such as a person's own reason, stays as it is.
"""

import re
from functools import lru_cache

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

PLACE = re.compile(r"%\((\w+)\)s")
SEPARATORS = ("; ", ", ")
COUNTED = (  # what a reading came to, as funding.reviewing counts it
    ("%(n)d round", "%(n)d rounds"),
    ("%(n)d fact to review", "%(n)d facts to review"),
    ("%(n)d fact accepted", "%(n)d facts accepted"),
    ("%(n)d fact rejected", "%(n)d facts rejected"),
)
DEEPEST = 3  # sentences within sentences
KEPT = (
    # Resolving: why a value is the one shown
    gettext_noop("pinned by a person"),
    gettext_noop("pinned by %(who)s: %(reason)s"),
    gettext_noop("deprecated by %(who)s: %(reason)s"),
    gettext_noop("the only source"),
    gettext_noop("%(n)s independent sources agree"),
    gettext_noop("a person's entry comes before what is read"),
    gettext_noop("a %(kind)s comes before a %(other)s"),
    gettext_noop("%(ours)s independent sources against %(theirs)s"),
    gettext_noop("the later source"),
    gettext_noop("nothing sets the sources apart; the choice is fixed by their content"),
    gettext_noop("a figure comes before “undisclosed”"),
    gettext_noop("a day is more exact than a date without one"),
    gettext_noop("a month is more exact than a year"),
    gettext_noop("exact comes before approximate"),
    gettext_noop("exact comes before only a bound"),
    gettext_noop("approximate comes before only a bound"),
    gettext_noop("entry"),
    gettext_noop("release"),
    gettext_noop("report"),
    gettext_noop("file"),
    gettext_noop("rewrite"),
    # Matching, company_matching, names, doubts: why mentions are taken for one record
    gettext_noop("one source tells of both"),
    gettext_noop("a person said so"),
    gettext_noop("a person said that they are two"),
    gettext_noop("one is an extension of the other"),
    gettext_noop("one is an extension"),
    gettext_noop("same stage"),
    gettext_noop("amounts agree"),
    gettext_noop("dates meet"),
    gettext_noop("too little in common"),
    gettext_noop("amounts within a quarter of each other"),
    gettext_noop("valuations agree"),
    gettext_noop("same lead"),
    gettext_noop("investors in common"),
    gettext_noop("another stage"),
    gettext_noop("amounts differ"),
    gettext_noop("%(n)s days apart"),
    gettext_noop("valuations differ"),
    gettext_noop("no investor in common"),
    gettext_noop("one was cancelled"),
    gettext_noop("a rumour, then the deal"),
    gettext_noop("told of in the same weeks"),
    gettext_noop("no date speaks against it"),
    gettext_noop("told again later"),
    gettext_noop("the only mention"),
    gettext_noop("the same company and kind of exit"),
    gettext_noop("the same website or number"),
    gettext_noop("the same in files of one database"),
    gettext_noop("a known alias"),
    gettext_noop("same name"),
    gettext_noop("a new name"),
    gettext_noop("other aliases"),
    gettext_noop("a founder in common"),
    gettext_noop("same seat"),
    gettext_noop("an investor in common"),
    gettext_noop("founded in the same year"),
    gettext_noop("founded %(n)s years apart"),
    gettext_noop("a seat that may be the same"),
    gettext_noop("another seat"),
    gettext_noop("another website or number"),
    gettext_noop("another legal form"),
    gettext_noop("a round in common: %(reasons)s"),
    gettext_noop("a round of the same time (%(date)s)"),
    gettext_noop("a well-known investor"),
    gettext_noop("invests in the same company (%(name)s)"),
    gettext_noop("invests beside the same investor (%(name)s)"),
    gettext_noop("as others that are the same"),
    gettext_noop("names that look alike in other letters"),
    gettext_noop("legal forms differ (%(one)s, %(other)s)"),
    gettext_noop("a short name"),
    gettext_noop("a word of the dictionary"),
    gettext_noop("same name but for spaces"),
    gettext_noop("same name with “%(more)s” more"),
    gettext_noop("similar names"),
    gettext_noop("an invisible character in the name"),
    gettext_noop("%(one)s and %(other)s letters in one word, “%(word)s”"),
    gettext_noop("one text names both"),
    gettext_noop("both known as “%(name)s”"),
    gettext_noop("the same %(what)s"),
    gettext_noop("recorded from this article"),
    gettext_noop("nothing speaks for it"),
    # Entry: why a round may be the one entered
    gettext_noop("same company"),
    gettext_noop("same day"),
    gettext_noop("same month"),
    gettext_noop("same year"),
    gettext_noop("a near date"),
    # Proposals: what a fact does to the value held
    gettext_noop("new"),
    gettext_noop("same"),
    gettext_noop("differs"),
    gettext_noop("agrees"),
    gettext_noop("one more"),
    # Recording: what cannot be done
    gettext_noop("This was taken back already."),
    gettext_noop("This is %(mark)s. It can be taken back there."),
    gettext_noop("This is neither pinned nor deprecated any more."),
    gettext_noop("This is said already: nothing of it is taken back."),
    gettext_noop("Restored: %(reason)s"),
    gettext_noop("Say why: the reason is shown wherever the figure is."),
    gettext_noop("The reason has %(n)s characters; up to %(most)s are kept."),
    gettext_noop("This was taken back meanwhile: no record rests on it any more."),
    gettext_noop("Nothing live speaks of %(record)s, so there is nothing to %(act)s."),
    gettext_noop("merge"),
    gettext_noop("judge"),
    gettext_noop("Only two records of one kind can be one."),
    gettext_noop("%(record)s is one record already."),
    gettext_noop("%(between)s stands between the two: %(arm)s is part of it, and it of %(above)s."),
    gettext_noop("The two rounds are of two companies. Merge the companies first, if they are one."),
    gettext_noop("The two exits are of two companies. Merge the companies first, if they are one."),
    gettext_noop("An acquisition and a listing are two exits. Correct what is wrong of one of them first."),
    gettext_noop("Choose at least one source that speaks of another."),
    gettext_noop("Meanwhile not all of these sources are taken for %(record)s. Look at them again."),
    gettext_noop("All sources that speak of %(record)s are chosen; leave at least one with it."),
    gettext_noop("Only two companies or two investors can be told apart so."),
    gettext_noop("%(record)s is one record. Split it, if it is two."),
    gettext_noop("Accepted by rule"),
    gettext_noop("Accepted at %(confidence)s or more, over the whole inbox"),
    gettext_noop("Accepted at %(confidence)s or more, as the import asked"),
    gettext_noop("What was chosen for %(name)s is not held any more. Look again, and choose anew."),
    gettext_noop(
        "%(round)s is a round of %(company)s, not of the company that was chosen. Leave the round to "
        "matching, or choose its company."
    ),
    # Intake, jobs and feeds: what became of an article, a job, a feed
    gettext_noop("It is no text in UTF-8. Save it as plain text in UTF-8, and give it again."),
    gettext_noop("“%(text)s” is no date of the form 2023-08-24, 2023-08 or 2023."),
    gettext_noop("The date %(date)s lies in the future."),
    gettext_noop("The date %(date)s lies before %(first)s."),
    gettext_noop("“%(url)s” is no http(s) address."),
    gettext_noop("The text has %(n)s characters; at most %(most)s are read."),
    gettext_noop("There is no text in it."),
    gettext_noop("The page has %(n)s characters of text; at most %(most)s are read."),
    gettext_noop("Its text is held already."),
    gettext_noop("Nothing about funding was found in it."),
    gettext_noop("Reading"),
    gettext_noop("Proposing"),
    gettext_noop("Fetching"),
    gettext_noop("The feed was deleted."),
    gettext_noop("Nothing new since the last fetch"),
    gettext_noop("%(n)s new article, %(seen)s seen before"),
    gettext_noop("%(n)s new articles, %(seen)s seen before"),
    gettext_noop("%(n)s left out: no address that is fetched, or beyond the first %(most)s"),
    gettext_noop("Nothing here knows how to do a job of the kind “%(kind)s”."),
    gettext_noop("It failed without a reason."),
    gettext_noop("It was stopped without a reason."),
    # Imports: how far they are, why one does not go on, and what recording a row does
    gettext_noop("Recording"),
    gettext_noop("Comparing"),
    gettext_noop("Taking back"),
    gettext_noop("Taking back what others speak of, too"),
    gettext_noop("The file is empty."),
    gettext_noop("The file is checked."),
    gettext_noop("The file is recorded."),
    gettext_noop("The file is taken back."),
    gettext_noop("The file is %(state)s."),
    gettext_noop("The file is %(state)s, and cannot be recorded now."),
    gettext_noop("The file is %(state)s: there is nothing to take back."),
    gettext_noop("The import was deleted."),
    gettext_noop("The import was deleted, or another job has taken its place."),
    gettext_noop("A job is at work on this file. Wait for its end, or cancel it first."),
    gettext_noop("What was recorded of the file stands. Take it back instead."),
    gettext_noop("The same as row %(row)s."),
    gettext_noop("The row says nothing beside a name."),
    gettext_noop("Held since the import of %(title)s."),
    gettext_noop("Another row than in %(title)s."),
    gettext_noop("Held already (%(because)s): the row adds a source."),
    gettext_noop("Held already (%(because)s), but sources would differ on the amount raised."),
    gettext_noop("Held already (%(because)s), but sources would differ on the stage."),
    gettext_noop("Held already (%(because)s), but sources would differ on the amount raised and the stage."),
    gettext_noop("A file of another kind"),
    gettext_noop("Column “%(column)s”: “%(meaning)s” is nothing that a column can mean."),
    gettext_noop("“%(value)s” is no ISO code of a currency."),
    gettext_noop("The unit of amounts is a number above 0, such as 1000000."),
    # Reports: what became of them
    gettext_noop("The account that asked for the file may not export any more."),
    gettext_noop("The account that the report is of may not export any more."),
    gettext_noop("The file was deleted."),
    gettext_noop("The file was deleted meanwhile."),
    gettext_noop("%(rows)s rows, SHA-256 %(hash)s"),
    gettext_noop("Everything is kept"),
    gettext_noop("%(events)s events and %(messages)s messages deleted"),
    gettext_noop("The report was deleted."),
    gettext_noop("The report was deleted meanwhile."),
    gettext_noop("The file cannot be made. %(reason)s"),
    gettext_noop("This site has no folder for reports: whoever runs it sets ROUNDBOOK_REPORT_FOLDER."),
    gettext_noop("The file cannot be put into the folder: %(reason)s"),
    gettext_noop("This is no run that was given up, or of which it is not known whether it was sent."),
    gettext_noop("to %(address)s"),
    gettext_noop("Making the file"),
    gettext_noop("The file is made"),
    # Alerts: what became of what was sent
    gettext_noop("It was cut off while the mail was handed over. It may have arrived, so it is not sent again."),
    gettext_noop("This is no message of which it is not known whether it was sent."),
    gettext_noop("Nothing of it is wanted any more: the alerts were stopped."),
    gettext_noop("%(n)s change, to %(address)s"),
    gettext_noop("%(n)s changes, to %(address)s"),
    gettext_noop("%(n)s change, taken with status %(status)s"),
    gettext_noop("%(n)s changes, taken with status %(status)s"),
    gettext_noop("Stopped after %(n)s deliveries in a row were given up. The last one: %(reason)s"),
    gettext_noop("The account has no mail address. An administrator adds it."),
    gettext_noop("The mail server refused it: %(reason)s"),
    gettext_noop("The mail server cannot be reached or does not let us in: %(reason)s"),
    gettext_noop("%(host)s did not take it (status %(n)s)."),
    gettext_noop("%(host)s redirects (status %(n)s), which is not followed. Give the address it leads to."),
    gettext_noop("Cancelled by %(who)s."),
    gettext_noop("Cancelled."),
    gettext_noop("Asked for again by %(who)s"),
    gettext_noop("Asked for again"),
    gettext_noop("Given up after %(n)s attempts: the worker was lost each time before it could finish."),
    gettext_noop("%(reason)s An earlier attempt said: %(error)s"),
    gettext_noop("It took longer than %(n)s seconds and was stopped."),
    # Web: why an address or an answer is refused
    gettext_noop("The address is empty."),
    gettext_noop("It is longer than %(n)s characters."),
    gettext_noop("The address holds a space, a backslash or an invisible character."),
    gettext_noop("It is not a web address."),
    gettext_noop("Only addresses that begin with http:// or https:// are fetched."),
    gettext_noop("The address holds a user name or a password; such addresses are not fetched."),
    gettext_noop("Written out in ASCII it is longer than %(n)s characters."),
    gettext_noop("Port %(port)s is not fetched, only the web's ports 80 and 443."),
    gettext_noop("The address names no site."),
    gettext_noop("An IP address is not fetched, only sites with a name."),
    gettext_noop("“%(host)s” is not the name of a site."),
    gettext_noop("“%(host)s” is not the name of a public site."),
    gettext_noop("It could not be read: too large or too deeply nested for its reader."),
    gettext_noop("The address redirects more than %(n)s times."),
    gettext_noop("The address redirects without saying where to."),
    gettext_noop("The address redirects from https to plain http, which is not followed."),
    gettext_noop("%(host)s did not answer in time."),
    gettext_noop("The certificate of %(host)s is not valid."),
    gettext_noop("%(host)s could not be reached."),
    gettext_noop("%(host)s broke off or did not speak HTTP."),
    gettext_noop("The address holds %(type)s, not an article or a feed."),
    gettext_noop("The answer is packed as “%(encoding)s”, which was not asked for."),
    gettext_noop("The address holds a file that is no text."),
    gettext_noop("%(host)s asks for a password (status %(status)s)."),
    gettext_noop("%(host)s refuses to be read (status %(status)s)."),
    gettext_noop("%(host)s has no such page (status %(status)s)."),
    gettext_noop("%(host)s removed the page (status %(status)s)."),
    gettext_noop("%(host)s asks to come back later (status %(status)s)."),
    gettext_noop("%(host)s may not show the page (status %(status)s)."),
    gettext_noop("%(host)s is out of order (status %(status)s)."),
    gettext_noop("%(host)s did not give the page (status %(status)s)."),
    gettext_noop("The answer is larger than %(n)s MB."),
    gettext_noop("The answer took longer than %(n)s seconds."),
    gettext_noop("The answer blows up when unpacked, as no article does."),
    gettext_noop("The answer is damaged and cannot be unpacked."),
    gettext_noop("The answer broke off before its end."),
    gettext_noop("%(host)s resolves to a private or reserved network address and is not fetched."),
    gettext_noop("%(host)s has no address."),
    gettext_noop("There is no site %(host)s, or its name server does not answer."),
    gettext_noop("The page could not be taken apart. %(error)s"),
    gettext_noop(
        "No article was found on the page: it may stand behind a sign-in or be put there by a script. Its "
        "text can be pasted instead."
    ),
    gettext_noop("The feed defines entities of its own, which no honest feed does; it is not read."),
    gettext_noop("The feed could not be taken apart. %(error)s"),
    gettext_noop("The address holds no RSS or Atom feed."),
    # Typed: what is wrong with what somebody typed
    gettext_noop("“%(words)s” holds no figure. Write it as 12m, 1.2bn or 1,200,000."),
    gettext_noop("“%(words)s” is not read as an amount. Write it as 12m, 1.2bn or 1,200,000."),
    gettext_noop("“%(words)s” names two currencies. Keep the one the source states."),
    gettext_noop("An amount of 0 is no round. Choose “undisclosed” or “not stated” where no figure is given."),
    gettext_noop("“%(words)s” has no unit. Write %(millions)s for millions, %(billions)s for thousand millions."),
    gettext_noop("“%(words)s” is more than any round has raised. Check the unit."),
    gettext_noop("“%(words)s” is finer than a cent. Check the unit."),
    gettext_noop("%(one)s or %(other)s"),
    gettext_noop("“%(words)s” may mean %(either)s of its unit. Write the amount in full, in units of money."),
    gettext_noop("“%(words)s” is not grouped as an amount is. Write it as 1,200,000 or 1.2m."),
    gettext_noop("“%(words)s” is not read as a multiple. Write it as 2.5, more than 2 or about 3."),
    gettext_noop("A value is never 0 times another. Check the number."),
    gettext_noop("“%(words)s” is not read as a number. Write it as 140, 1,200 or about 300."),
    gettext_noop("“%(words)s” is no day of the calendar. Check day and month."),
    gettext_noop("“%(words)s” is not read as a date. Write it as 24 Aug 2023, Aug 2023 or 2023."),
    gettext_noop("“%(words)s” is in the year %(year)s. Check the year."),
    gettext_noop("“%(words)s” may be two days. Write the month as a word, as in 24 Aug 2023."),
    gettext_noop("“%(words)s” names no day. Write the day, or choose “to the month”."),
    gettext_noop("“%(words)s” names no day. Write the day, or choose “to the year”."),
    gettext_noop("“%(words)s” names no month. Write the month, or choose “to the year”."),
    # Formats: why a file, a row or a cell is not taken
    gettext_noop("The file has no row that could be a header."),
    gettext_noop("The file is not in %(encoding)s: byte %(position)s cannot be read so."),
    gettext_noop("“%(encoding)s” is no encoding that is known."),
    gettext_noop("“%(delimiter)s” cannot separate cells. Choose a comma, a semicolon, a tab or a stroke."),
    gettext_noop("The compressed file is damaged: it does not unpack to its end."),
    gettext_noop("The file unpacks to more than %(limit)s MB for each MB of its own, as no table does."),
    gettext_noop("Line %(line)s is longer than %(limit)s characters, as no row of a table is."),
    gettext_noop("The workbook cannot be read. Save it again as .xlsx, or as CSV."),
    gettext_noop("Cells of the row: %(found)s; of the header: %(wanted)s."),
    gettext_noop(
        "Cells of the row: %(found)s; of the header: %(wanted)s. It runs over %(lines)s lines: a "
        "quotation mark may not be closed."
    ),
    gettext_noop("A cell is longer than %(limit)s characters; a quotation mark may not be closed."),
    gettext_noop("No column of the row names a company."),
    gettext_noop("The row names no round that it is about."),
    gettext_noop("No column of the row names an investor."),
    gettext_noop("No column of the row names a person."),
    gettext_noop("The row is about a “%(words)s”, of which Roundbook holds nothing."),
    gettext_noop("The lists of the row are not equally long: %(lengths)s."),
    gettext_noop("Column “%(column)s”: a name of %(length)s characters is none (“%(words)s”)."),
    gettext_noop("Column “%(column)s”: “%(words)s” is not read as a date."),
    gettext_noop("Column “%(column)s”: “%(words)s” is no day of the calendar."),
    gettext_noop("Column “%(column)s”: “%(words)s” gives its year by two digits."),
    gettext_noop("Column “%(column)s”: “%(words)s” is in the year %(year)s, before 1900."),
    gettext_noop("Column “%(column)s”: “%(words)s” is after %(day)s, the last day it can be."),
    gettext_noop("Column “%(column)s”: “%(words)s” is read as %(date)s."),
    gettext_noop("Column “%(column)s”: “%(words)s” is not read as an amount."),
    gettext_noop("Column “%(column)s”: the marks in “%(words)s” do not group thousands."),
    gettext_noop("Column “%(column)s”: “%(words)s” is less than nothing."),
    gettext_noop("Column “%(column)s”: “%(words)s” is more than any round has raised."),
    gettext_noop("Column “%(column)s”: “%(words)s” is so small that its unit must be missing."),
    gettext_noop("Column “%(column)s”: an amount of 0 is none."),
    gettext_noop("Column “%(column)s”: “%(words)s” has no currency."),
    gettext_noop("Column “%(column)s”: “%(words)s” is no ISO code of a currency."),
    gettext_noop("Column “%(column)s”: “%(words)s” may be in %(one)s or in %(other)s."),
    gettext_noop("Column “%(column)s”: “%(words)s” names two currencies."),
    gettext_noop("Column “%(column)s”: “%(words)s” has its lower end above its upper one."),
    gettext_noop("Column “%(column)s”: “%(words)s” is not read as a number."),
    gettext_noop("Column “%(column)s”: “%(words)s” names no stage that is known; the round is taken without one."),
    gettext_noop("Column “%(column)s”: “%(words)s” names no exit that Roundbook holds; it is left in the row."),
    gettext_noop("Column “%(column)s”: “%(words)s” is no status that is known."),
    gettext_noop("Column “%(column)s”: “%(words)s” is no basis of a valuation."),
    gettext_noop("Column “%(column)s”: “%(words)s” says neither yes nor no; who led is left open."),
    gettext_noop("Column “%(column)s”: “%(words)s” is no kind of investor that is known; it is left in the row."),
    gettext_noop("Column “%(column)s”: “%(words)s” is no country that is known."),
    gettext_noop("Column “%(column)s”: “%(words)s” has no place in what the row tells; it is left in the row."),
    gettext_noop("Column “%(column)s”: “%(words)s” names nobody; it is left in the row."),
    gettext_noop(
        "The file counts how many records Crunchbase added each month. It names no company, round or investor."
    ),
)


def retold(words: str) -> str:
    """The same in the language that is spoken now; as it is where that is English, or where it is not ours."""
    language = get_language() or "en"
    return words if not words or language.startswith("en") else _retold(words, language, DEEPEST)


@lru_cache(maxsize=4096)
def _retold(words: str, language: str, deep: int) -> str:
    if (known := _part(words, language, deep)) is not None:
        return known
    for separator in SEPARATORS:
        parts = words.split(separator)
        told = [_part(part, language, deep) for part in parts]
        if len(parts) > 1 and any(told):
            return separator.join(new or old for new, old in zip(told, parts, strict=True))
    return words


def _part(words: str, language: str, deep: int) -> str | None:
    """A sentence of ours, or a count with or without a full stop, said anew; None for any other words."""
    bare = words.removesuffix(".")
    told = _sentence(words, language, deep)
    if told is None and (counted := _counted(bare)) is not None:
        return counted + words[len(bare) :]
    return told


def _counted(words: str) -> str | None:
    """A count of ours, such as `2 rounds`, said anew; None for any other words."""
    number, _space, named = words.partition(" ")
    if number.isdecimal():
        for one, many in COUNTED:
            if f"%(n)d {named}" in (one, many):
                return ngettext(one, many, int(number)) % {"n": int(number)}
    return _(words) if words == "no rounds" else None


def _sentence(words: str, language: str, deep: int) -> str | None:
    """A whole sentence of ours, said anew; None for any other words."""
    if words in KEPT:
        return _(words)
    for shape, sentence in _shapes():
        if found := shape.fullmatch(words):
            values = found.groupdict()
            told = {name: _retold(value, language, deep - 1) if deep else value for name, value in values.items()}
            if "confidence" in told:
                told["confidence"] = number_format(told["confidence"])
            return _(sentence) % told
    return None


@lru_cache(maxsize=1)
def _shapes() -> list[tuple[re.Pattern[str], str]]:
    """The sentences with places for names and figures, those with most words of their own first."""
    found = []
    for sentence in KEPT:
        if PLACE.search(sentence):
            parts = PLACE.split(sentence)
            shape = "".join(f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
            found.append((len("".join(parts[::2])), re.compile(shape, re.DOTALL), sentence))
    return [(shape, sentence) for _length, shape, sentence in sorted(found, key=lambda one: -one[0])]
