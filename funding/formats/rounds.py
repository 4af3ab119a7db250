"""What a row tells of a round: its facts and who took part."""

from typing import Any

from funding.tellings import Field
from funding.values import Money, PartialDate, Text, Undisclosed

from . import cells, naming, stages
from .exits import say_exit
from .record import Record
from .sentences import LEFT, NO_LEAD, NO_ROUND, NO_STAGE, Refused


def say_round(record: Record, company: str) -> str:
    """Say what the row has of its round and give its key; empty where the deal is an exit or values no round."""
    label, stage = stage_said(record)
    announced = record.date("round.announced_on")
    raised = raised_said(record)
    status = record.chosen("round.status", "round_status") if "round.status" in record.plan.at else ""
    number = round_number(record)
    if stage.startswith(stages.EXIT):
        _say_deal(record, company, stage.removeprefix(stages.EXIT), announced, raised, number)
        return ""
    if not (number or label or stage or status or raised or "investor" in record.plan.groups):
        if "round.valuation.low" in record.plan.at and not record.plan.has_raised:
            _say_value_of_company(record, company, announced)
            return ""
        if announced is None and not record.plan.has_shares:
            raise Refused(NO_ROUND)
    key = _key(record, company, number, announced, label)
    _mention(record, key, company, label)
    record.say(key, Field.ANNOUNCED_ON, announced, "round.announced_on")
    if "round.closed_on" in record.plan.at:
        record.say(key, Field.CLOSED_ON, record.date("round.closed_on"), "round.closed_on")
    record.say(key, Field.RAISED, raised, "round.raised" if "round.raised" in record.plan.at else "round.raised.low")
    is_extension = "round.is_extension" in record.at and record.answer("round.is_extension") is True
    if stage or (label and record.plan.is_own):
        # Of a label that names no stage of ours, as of an extension, our own exports still have the words.
        said = {"label": label} if label else {}
        named = stage or ("extension" if is_extension else label)
        record.say(key, Field.STAGE, Text(named), "round.stage", **said)
    if status:
        extension: dict[str, Any] = {"is_extension": True} if is_extension else {}
        record.say(key, Field.STATUS, Text(status), "round.status", **extension)
    if record.plan.has_multiple:
        record.say(key, Field.VALUATION_RATIO, record.multiple("round.multiple"), "round.multiple.low")
    if "round.is_unicorn" in record.at and record.answer("round.is_unicorn"):
        record.say(key, Field.IS_UNICORN, Text("yes"), "round.is_unicorn")
    if record.plan.has_valuation:
        _say_valuations(record, key)
    if record.plan.has_shares:
        _say_investors(record, key)
    return key


def stage_said(record: Record) -> tuple[str, str]:
    """The label that the row gives its round, verbatim, and the stage that it names; both may be empty."""
    words, code, label = record.text("round.stage"), record.text("round.series"), record.text("round.label")
    found = record.plan.once("stage", (words, code, label), lambda: _stage_of(record, words, code, label))
    if words and not found[1]:
        record.warn(NO_STAGE, "round.stage", words=cells.shown(words))
    return found


def _stage_of(record: Record, words: str, code: str, label: str) -> tuple[str, str]:
    own = record.plan.own_stages
    named = stages.stage_of(words, own) if words else ""
    series = stages.series_of(code, own) if code else ""
    if "round.label" not in record.plan.at and not record.plan.options.defused:
        label = ", ".join(one for one in (words, code) if one) if series else words
    label = " ".join(label.split())[: naming.LONGEST_NAME]
    if series and (record.plan.options.series_first or named in ("", "series_unknown")):
        named = series
    return label, named


def round_number(record: Record) -> str:
    """The number of the round in its database, without the path of an address."""
    return record.text("round.id").rpartition("/")[2]


def raised_said(record: Record) -> Money | Undisclosed | None:
    """The amount raised, as stated, kept secret or not said."""
    if record.text("round.raised.disclosure") == "undisclosed":
        return Undisclosed()
    return record.money("round.raised", record.country() if record.plan.has_seat else "")


def _key(record: Record, company: str, number: str, announced: PartialDate | None, label: str) -> str:
    """The key of the round: its number, else the row's; of rows that only speak of a round, what tells it apart."""
    if record.plan.is_own:
        # Each of our files says its own of a round: none takes the place of what another says.
        file = str(record.number) if record.plan.has_raised else "p" if "investor" in record.plan.groups else "v"
        if number and company:
            named = naming.numbered(number, record.mentions[company].name)
            return naming.own_key(named, "r" if record.plan.has_raised else file)
        return naming.own_key(_apart(record, company, announced, ""), file)
    if number:
        return naming.number_key(number)
    if record.plan.has_raised:
        return naming.key_of("round", str(record.number))
    return naming.key_of("round", _apart(record, company, announced, label))


def _apart(record: Record, company: str, announced: PartialDate | None, label: str) -> str:
    """What tells a round without a number apart from the others of its company."""
    on = announced.iso if announced else ""
    return "/".join((company, on, stages.flat(record.text("round.stage") or label)))


def _mention(record: Record, key: str, company: str, label: str) -> None:
    name = record.mentions[company].name if company else record.name("round.name")
    record.mention(key, "round", f"{name} ({label})" if label and name else name, company)


def _say_valuations(record: Record, key: str) -> None:
    for meaning, basis in (("round.pre_money", "pre"), ("round.post_money", "post")):
        value = record.money(meaning) if record.plan.has(meaning, f"{meaning}.low") else None
        if isinstance(value, Money):
            record.say(key, Field.VALUATION, value, meaning, basis=basis)
    if not record.plan.has("round.valuation", "round.valuation.low"):
        return
    value = record.money("round.valuation")
    if isinstance(value, Money) and record.text("round.valuation.origin") != "derived":
        basis = record.basis("round.valuation.basis", "unspecified")
        record.say(key, Field.VALUATION, value, "round.valuation.low", basis=basis)


def _say_value_of_company(record: Record, company: str, announced: PartialDate | None) -> None:
    """A row that values a company on a date and names no round."""
    value = record.money("round.valuation")
    if record.text("round.valuation.origin") == "derived":
        return
    if not isinstance(value, Money):
        raise Refused(NO_ROUND)
    on = {"on": announced.iso} if announced else {}
    basis = record.basis("round.valuation.basis", "unspecified")
    record.say(company, Field.VALUATION, value, "round.valuation.low", basis=basis, **on)


def _say_investors(record: Record, key: str) -> None:
    """Say who took part; who led only where the row lists those that did."""
    leads = record.listed("round.lead_investors")
    leading = {naming.folded(name) for name in leads}
    for name in record.listed("round.investors"):
        if naming.folded(name) not in leading:
            say_share(record, key, name, None, "round.investors")
    for name in leads:
        say_share(record, key, name, True, "round.lead_investors")
    for number in record.text("round.lead_ids").split(record.plan.options.separator):
        if number.strip():
            investor = record.mention(naming.key_of("investor", number.strip()), "investor", "")
            record.refer(key, Field.PARTICIPATION, investor, "round.lead_ids", is_lead=True)


def say_share(record: Record, key: str, name: str, is_lead: bool | None, meaning: str) -> None:
    """Say that an investor of this name took part."""
    investor = record.mention(naming.key_of("investor", naming.folded(name)), "investor", name)
    more = {} if is_lead is None else {"is_lead": is_lead}
    record.refer(key, Field.PARTICIPATION, investor, meaning, **more)


def say_participation(record: Record, company: str, investor: str) -> None:
    """Say that the row's investor took part in the row's round."""
    if record.plan.groups & {"round"}:
        key = say_round(record, company) if company else _unnamed_round(record)
        if not key:
            return
        is_lead = record.answer("investor.is_lead")
        if is_lead is None and (words := record.text("investor.is_lead")):
            record.warn(NO_LEAD, "investor.is_lead", words=cells.shown(words))
        more = {} if is_lead is None else {"is_lead": is_lead}
        by = "investor.name" if record.plan.has("investor.name") else "investor.id"
        record.refer(key, Field.PARTICIPATION, investor, by, **more)


def _unnamed_round(record: Record) -> str:
    """A round of which the row has only the number: another file says whose it is."""
    number = round_number(record)
    if not number:
        raise Refused(NO_ROUND)
    return record.mention(naming.number_key(number), "round", record.name("round.name"))


def _say_deal(
    record: Record,
    company: str,
    kind: str,
    announced: PartialDate | None,
    amount: Money | Undisclosed | None,
    number: str,
) -> None:
    """A deal that a database counts among rounds though the company was sold or listed by it."""
    buyers = record.listed("round.investors")
    key = naming.key_of("exit", number or str(record.number))
    status = record.chosen("round.status", "exit_status")
    price = amount if kind == "acquisition" else None
    if amount and price is None:
        # What is raised at a listing is neither its price nor its value.
        record.warn(LEFT, "round.raised", words=cells.shown(record.text("round.raised")))
    acquirer = buyers[0] if kind == "acquisition" and len(buyers) == 1 else ""
    if buyers and not acquirer:
        record.warn(LEFT, "round.investors", words=cells.shown(record.text("round.investors")))
    say_exit(record, company, key, kind, status=status, announced=announced, acquirer=acquirer, price=price)
