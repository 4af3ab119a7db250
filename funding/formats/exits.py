"""What a row tells of an exit: an acquisition or a listing."""

from funding.tellings import Field
from funding.values import Money, PartialDate, Text, Undisclosed, Value

from . import cells, naming, stages
from .record import Record
from .sentences import NO_EXIT


def read_exit(record: Record, company: str) -> None:
    """Say what the row has of its exit; a kind that is none of ours is left in the row, with a warning."""
    words = record.text("exit.kind")
    kind = stages.words_of("exit").get(stages.flat(words), "") if words else record.plan.options.kind
    if words and not kind:
        record.warn(NO_EXIT, "exit.kind", words=cells.shown(words))
        return
    is_told = bool(words) or record.plan.has("exit.announced_on", "exit.acquirer", "exit.acquirer_id")
    if not is_told or (record.plan.has("exit.kind") and not words and not record.text("exit.status")):
        return
    number = record.text("exit.id").rpartition("/")[2]
    price, valuation = _price(record), _amount(record, "exit.valuation")
    either = _amount(record, "exit.amount")
    say_exit(
        record,
        company,
        naming.key_of("exit", number or str(record.number)),
        kind,
        status=record.chosen("exit.status", "exit_status") or record.plan.options.status,
        announced=record.date("exit.announced_on"),
        acquirer=record.name("exit.acquirer"),
        acquirer_number=record.text("exit.acquirer_id"),
        price=price if price is not None else either if kind == "acquisition" else None,
        valuation=valuation if valuation is not None else either if kind == "ipo" else None,
        exchange=record.name("exit.exchange")[:100],
        ticker=record.name("exit.ticker")[:20],
    )


def _amount(record: Record, stem: str) -> Money | Undisclosed | None:
    return record.money(stem) if record.plan.has(stem, f"{stem}.low", f"{stem}.usd") else None


def _price(record: Record) -> Money | Undisclosed | None:
    if record.text("exit.price.disclosure") == "undisclosed":
        return Undisclosed()
    return _amount(record, "exit.price")


def say_exit(
    record: Record,
    company: str,
    key: str,
    kind: str,
    *,
    status: str = "",
    announced: PartialDate | None = None,
    acquirer: str = "",
    acquirer_number: str = "",
    price: Value | None = None,
    valuation: Value | None = None,
    exchange: str = "",
    ticker: str = "",
) -> None:
    """Say the facts of an exit. A buyer of whom only a number is known is another company of the source."""
    record.mention(key, "exit", record.mentions[company].name, company)
    if kind:
        record.say(key, Field.EXIT_KIND, Text(kind), "exit.kind")
    if status:
        record.say(key, Field.EXIT_STATUS, Text(status), "exit.status")
    record.say(key, Field.ANNOUNCED_ON, announced, "exit.announced_on")
    if acquirer:
        record.say(key, Field.ACQUIRER, Text(acquirer), "exit.acquirer")
    elif acquirer_number:
        buyer = record.mention(naming.key_of("company", acquirer_number), "company", "")
        record.refer(key, Field.ACQUIRER, buyer, "exit.acquirer_id")
    record.say(key, Field.PRICE, price, "exit.price")
    if isinstance(valuation, Money):
        record.say(key, Field.VALUATION, valuation, "exit.valuation")
    for field, words in ((Field.EXCHANGE, exchange), (Field.TICKER, ticker)):
        record.say_words(key, field, words, f"exit.{field}")
