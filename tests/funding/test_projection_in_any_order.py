"""Whatever order things are told in, and whatever is taken back meanwhile, the records are those of what is left."""

from collections.abc import Callable
from typing import Any

import pytest
from factories import fact, make_source, make_user, say, tell, usd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_projection import _clean_slate, snapshot

from companies.models import Company, Investor, Role
from funding import recording
from funding.models import Change, Round, Source, Valuation
from funding.values import Money, PartialDate, Reference, Text, Undisclosed

pytestmark = pytest.mark.django_db
DAY = PartialDate(2023, 8, 24)


def told(statement: Any) -> str:
    """A statement by its content and source."""
    return f"{statement.digest} {statement.mention.source.text_hash}" if statement else ""


def beliefs() -> list[Any]:
    """What the live records say and whom they cite for it, without ids.

    A sector is told by its key: its spelling is a label shared by all, which stays as it was given first.
    """
    rounds = [
        (one.company.key, one.announced, one.closed_on, str(one.raised), one.raised_undisclosed, one.stage, one.status,
         one.has_conflict, told(one.raised_statement), told(one.announced_on_statement), told(one.stage_statement),
         sorted((p.investor.key, str(p.is_lead), told(p.statement), len(p.statement_ids))
                for p in one.participations.all()),
         [(str(v.money), v.origin, v.basis, v.multiple_low, told(v.statement))
          for v in Valuation.objects.filter(round=one)])
        for one in Round.objects.live()
    ]  # fmt: skip
    companies = [
        (one.key, one.name, one.founded_on, one.city, one.rounds_count, one.undisclosed_count, one.last_round_on,
         one.raised_usd, one.valuation_usd, one.unicorn, one.was_unicorn, one.has_conflict,
         sorted(s.key for s in one.sectors.all()))
        for one in Company.objects.live()
    ]  # fmt: skip
    roles = [
        (one.company.key, one.person.name, one.person.is_live, one.title, one.is_founder) for one in Role.objects.all()
    ]
    investors = list(Investor.objects.live().values_list("key", "name"))
    return [sorted(each, key=repr) for each in (rounds, companies, roles, investors)]


def recordings() -> list[Callable[[], Change]]:
    """Things to tell, each by a source of its own."""
    editor = make_user("editor of all")
    sources = [make_source(text=f"Source {number} of ten.") for number in range(9)]
    entry = make_source(text="An entry.", kind=Source.Kind.ENTRY, entered_by=editor)
    dated = {"announced_on": DAY}
    role = fact("person:0", "role", Text("CEO"))
    founder = fact("person:0", "role", Text("co-founder and CEO"), is_founder=True)
    spelled = fact("round:0", "participation", Reference("investor:0"))
    return [
        # Two rounds of one day, and one of its month.
        lambda: say(sources[0], rounds={"0": {**dated, "raised": usd(40), "stage": Text("seed"), "valuation": usd(3)},
                                        "1": {**dated, "raised": usd(90), "stage": Text("series_a"),
                                              "valuation": usd(900), "investors": ["Bruma"]}}),
        lambda: say(sources[1], rounds={"0": {"announced_on": PartialDate(2023, 8), "raised": usd(92),
                                              "stage": Text("series_a"), "leads": ["Bruma S.A."]}}),
        # Undated, and kept secret.
        lambda: say(sources[2], rounds={"0": {"raised": Undisclosed(), "stage": Text("pre_seed")}}),
        lambda: say(sources[3], rounds={"0": {**dated, "raised": Undisclosed(), "stage": Text("series_a")}},
                    facts={"sector": Text("robotics"), "headquarters": Text("Oslo")}),
        # Nothing but a person's role.
        lambda: tell(sources[4], role, names={"person:0": "Ada Example"}),
        lambda: tell(sources[5], founder, names={"person:0": "Ada Éxample"}, company="Halden Robotics AS"),
        # Investors in other spellings.
        lambda: tell(sources[6], fact("round:0", "raised", usd(90)), fact("round:0", "announced_on", DAY),
                     fact("round:0", "stage", Text("series_a")), spelled, names={"investor:0": "BRUMA"}),
        lambda: say(sources[7], facts={"sector": Text("Robotics"), "total_raised": usd(130)}),
        lambda: say(sources[8], rounds={"0": {**dated, "raised": Money.about(85, "EUR"), "status": Text("rumoured")}}),
        lambda: say(entry, by=editor, rounds={"0": {**dated, "raised": usd(91), "stage": Text("series_a"),
                                                    "status": Text("cancelled")}}),
    ]  # fmt: skip


@given(st.data())
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_the_records_are_those_of_what_is_left(data: st.DataObject) -> None:
    with _clean_slate():
        all_of_it = recordings()
        order = data.draw(st.permutations(range(len(all_of_it))))[: data.draw(st.integers(1, 10))]
        taken_back = data.draw(st.sets(st.sampled_from(order)))
        with _clean_slate():
            for at in sorted(set(order) - taken_back):
                all_of_it[at]()
            expected = beliefs()
        pending: list[Change] = []
        for at in order:
            change = all_of_it[at]()
            if at in taken_back:
                pending.append(change)
            if pending and data.draw(st.booleans()):
                recording.undo(pending.pop(), None)
        for change in pending:
            recording.undo(change, None)
        assert beliefs() == expected
        before = snapshot()
        recording.rebuild()
        assert snapshot() == before
