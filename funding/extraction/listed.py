"""Read the items of a list of raises: a name, then its sum, with only a comma or a bracket between."""

from funding.extraction.companies import Cast
from funding.extraction.events import Event
from funding.extraction.names import Name
from funding.extraction.reading import PlacedAmount, Reading


class ListReader:
    """Reads the lists of one text."""

    def __init__(self, reading: Reading, roles: dict[int, str], cast: Cast) -> None:
        self.reading = reading
        self.roles = roles
        self.cast = cast

    def read(self, index: int) -> list[Event]:
        """Items of a list of raises: a name, then its sum: "Acme, $5 million", "Acme (5 M€)", "Acme (raised $5m)"."""
        reading = self.reading
        sentence = reading.sentences[index]
        events = []
        for number, placed in reading.amounts_of[index]:
            if placed.amount.is_conversion or self.roles.get(number) in ("total", "revenue"):
                continue
            name = self._named_just_before(placed, sentence.first)
            if name is not None:
                event = Event(index, name.first, placed.last, self.cast.group(name), name, placed, rule="raise.listed")
                dates = [d for d in reading.dates_of[index] if d.last <= name.first]
                event.is_aside = reading.tokens[name.last].raw == "("
                event.date = dates[-1] if dates and dates[-1].date.reading == "date" else None
                events.append(event)
        return events

    def _named_just_before(self, placed: PlacedAmount, first: int) -> Name | None:
        """The name that only a comma or a bracket parts from the sum."""
        reading = self.reading
        verbs = {cue.first: cue.last for cue in reading.cues_of(placed.sentence, "raise")}
        for name in reading.names_in(max(first, placed.first - 10), placed.first):
            place = name.last
            if reading.tokens[place].raw not in "(,:":
                continue
            is_open = reading.tokens[place].raw == "("
            place += 1
            place = verbs.get(place, place) if is_open else place
            group = self.cast.group(name)
            if self.cast.is_town(group):
                continue
            ends = (
                placed.last >= len(reading.tokens)
                or reading.tokens[placed.last].raw in "),;"
                or placed.last == reading.sentences[placed.sentence].last
            )
            if place == placed.first and ends and not self.cast.is_investor(group) and not self.cast.is_person(group):
                return name
        return None
