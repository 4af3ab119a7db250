"""Mappings of columns: in words, kept under a name, offered again for the same columns, renamed and deleted."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation

from companies.models import Company
from funding.formats.meanings import AMOUNTS, COUNTS, MEANINGS
from funding.models import Import, Round, SavedMapping
from funding.views import import_words

pytestmark = pytest.mark.django_db
DEALS = b"Firm;Amount;When\nHalden;1,5;04.07.2021\n"
AGAIN = b"When;Firm;Amount\n05.08.2022;Brightwater Labs;2\n"
TAKEN = {"c0": "company.name", "c1": "round.raised", "c2": "round.announced_on"}
WRITTEN = {"currency": "EUR", "unit": "1000000", "date_order": "dmy", "encoding": "utf-8", "delimiter": "semicolon"}


def taken_in(client: Client, content: bytes = DEALS, name: str = "deals-2021.csv") -> Import:
    answer = client.post("/imports/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.latest("pk")


def kept(client: Client, file: Import, **more: str) -> str:
    answer = client.post(f"/imports/{file.pk}/mapping/", TAKEN | WRITTEN | more, follow=True)
    file.refresh_from_db()
    return str(answer.content.decode())


def page_of(client: Client, file: Import) -> str:
    answer = client.get(f"/imports/{file.pk}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_every_meaning_is_told_in_words() -> None:
    for meaning in filter(None, MEANINGS):
        assert import_words.words_for(meaning) != meaning
    with translation.override("fr"):
        assert import_words.words_for("round.raised") == "Montant levé"
        assert import_words.words_for("round.raised.usd") == "Montant levé, en dollars des États-Unis"


def test_whatever_can_be_meant_can_be_chosen_but_the_ends_that_our_own_files_have() -> None:
    offered = {meaning for _label, choices in import_words.choices("") for meaning, _words in choices}
    ends = {one for one in MEANINGS if one.rpartition(".")[0] in (*AMOUNTS, *COUNTS)} - offered
    assert offered | ends | {""} == set(MEANINGS)
    assert not any(one.endswith((".currency", ".usd")) for one in ends)
    chosen = import_words.choices("round.raised.low")[0]
    assert chosen[1] == [("round.raised.low", "Amount raised: lower end")]


def test_a_mapping_is_shown_in_words_of_the_reader(editor_client: Client) -> None:
    file = taken_in(editor_client)
    kept(editor_client, file)
    page = page_of(editor_client, file)
    assert '<option value="round.raised" selected>Amount raised</option>' in page and "04.07.2021" in page
    editor_client.cookies["django_language"] = "fr"
    page = page_of(editor_client, file)
    assert '<option value="round.raised" selected>Montant levé</option>' in page
    assert '<optgroup label="Tour">' in page and "Encodage" in page


def test_a_mapping_saved_under_a_name_is_offered_for_files_of_the_same_columns(editor_client: Client) -> None:
    file = taken_in(editor_client)
    assert "kept, as “Deals of the fund”" in kept(editor_client, file, save_as=" Deals  of the fund ")
    again = taken_in(editor_client, AGAIN, "deals-2022.csv")
    page = page_of(editor_client, again)
    assert "Deals of the fund" in page and f'action="/imports/{again.pk}/use/"' in page
    mapping = SavedMapping.objects.get()
    answer = editor_client.post(f"/imports/{again.pk}/use/", {"saved": mapping.pk}, follow=True)
    assert "The file is read by “Deals of the fund”." in answer.content.decode()
    again.refresh_from_db()
    assert again.format["mapping"] == {"Firm": "company.name", "Amount": "round.raised", "When": "round.announced_on"}
    assert again.format["options"] == {"as_of": "2022", "currency": "EUR", "unit": "1000000", "date_order": "dmy"}
    other = taken_in(editor_client, b"Firm;Sum\nHalden;1\n", "sums.csv")
    assert "Deals of the fund" not in page_of(editor_client, other)


def test_saving_under_a_name_once_more_replaces_it_for_the_same_columns_alone(editor_client: Client) -> None:
    file = taken_in(editor_client)
    kept(editor_client, file, save_as="Deals")
    kept(editor_client, file, save_as="deals", c1="")
    assert SavedMapping.objects.get().format["mapping"]["Amount"] == ""
    other = taken_in(editor_client, b"Firm;Sum\nHalden;1\n", "sums.csv")
    before = other.format
    answer = editor_client.post(f"/imports/{other.pk}/mapping/", {"c0": "company.name", "save_as": "Deals"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "already, for other columns" in page and 'value="Deals"' in page
    other.refresh_from_db()
    assert other.format == before and SavedMapping.objects.count() == 1


def test_a_name_too_long_is_told_and_stays(editor_client: Client) -> None:
    file = taken_in(editor_client)
    answer = editor_client.post(f"/imports/{file.pk}/mapping/", TAKEN | WRITTEN | {"save_as": "x" * 101})
    assert answer.status_code == 422 and "at most 100 characters" in answer.content.decode()
    assert "x" * 101 in answer.content.decode() and not SavedMapping.objects.exists()


def test_a_mapping_that_is_gone_says_so(editor_client: Client) -> None:
    file = taken_in(editor_client)
    for saved in ("7", "seven", ""):
        answer = editor_client.post(f"/imports/{file.pk}/use/", {"saved": saved}, follow=True)
        assert "This mapping is gone." in answer.content.decode()


def test_mappings_are_renamed_and_deleted_on_their_page(editor_client: Client) -> None:
    file = taken_in(editor_client)
    kept(editor_client, file, save_as="Deals")
    other = taken_in(editor_client, b"Firm;Sum\nHalden;1\n", "sums.csv")
    editor_client.post(f"/imports/{other.pk}/mapping/", {"c0": "company.name", "save_as": "Sums"})
    deals, sums = SavedMapping.objects.order_by("name")
    page = editor_client.get("/imports/mappings/").content.decode()
    assert "Company name" in page and 'value="Deals"' in page and 'value="Sums"' in page

    answer = editor_client.post(f"/imports/mappings/{sums.pk}/rename/", {"name": "DEALS"})
    assert answer.status_code == 422 and "already" in answer.content.decode()
    assert 'value="DEALS"' in answer.content.decode()
    answer = editor_client.post(f"/imports/mappings/{sums.pk}/rename/", {"name": "  "})
    assert answer.status_code == 422 and "Give the mapping a name." in answer.content.decode()
    answer = editor_client.post(f"/imports/mappings/{sums.pk}/rename/", {"name": "Totals"}, follow=True)
    assert "is called “Totals” now" in answer.content.decode()

    editor_client.post(f"/imports/mappings/{deals.pk}/delete/")
    assert list(SavedMapping.objects.values_list("name", flat=True)) == ["Totals"]
    file.refresh_from_db()
    assert file.format["mapping"]["Firm"] == "company.name"
    assert editor_client.post(f"/imports/mappings/{deals.pk}/delete/").status_code == 404
    assert "names no place" in editor_client.get("/imports/mappings/?after=nonsense").content.decode()


def test_the_database_holds_one_mapping_of_a_name_and_none_without() -> None:
    SavedMapping.objects.create(name="Deals", header_digest="0")
    for name in ("deals", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedMapping.objects.create(name=name, header_digest="0")


def test_the_pages_ask_the_database_few_questions(editor_client: Client, django_assert_max_num_queries: Any) -> None:
    file = taken_in(editor_client)
    for name in ("Deals", "Other deals", "Still others"):
        kept(editor_client, file, save_as=name)
    for address in (f"/imports/{file.pk}/", "/imports/mappings/"):
        with django_assert_max_num_queries(12):
            editor_client.get(address)


def test_encoding_and_delimiter_are_shown_as_guessed_and_can_be_changed(editor_client: Client) -> None:
    file = taken_in(editor_client, "Firm|City\nHalden|Zürich\n".encode("cp1252"), "firms.csv")
    page = page_of(editor_client, file)
    assert '<option value="cp1252" selected>' in page and '<option value="stroke" selected>' in page
    answer = editor_client.post(f"/imports/{file.pk}/mapping/", {"encoding": "utf-8", "delimiter": "stroke"})
    assert answer.status_code == 422 and "The file is not in utf-8" in answer.content.decode()
    assert '<option value="utf-8" selected>' in answer.content.decode()

    given = {"c0": "company.name", "encoding": "latin-1", "delimiter": "comma", "as_of": "2021-05"}
    answer = editor_client.post(f"/imports/{file.pk}/mapping/", given | {"save_as": "Firms"}, follow=True)
    assert "The file has other columns now" in answer.content.decode() and not SavedMapping.objects.exists()
    file.refresh_from_db()
    assert (file.encoding, file.delimiter, file.header) == ("latin-1", ",", ["Firm|City"])
    assert file.format["options"]["as_of"] == "2021-05"


def test_a_workbook_has_no_encoding_to_choose(editor_client: Client, tmp_path: Any) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "firms.xlsx") as book:
        book.add_worksheet().write_row(0, 0, ["Firm", "City"])
        book.worksheets()[0].write_row(1, 0, ["Halden", "Oslo"])
    file = taken_in(editor_client, (tmp_path / "firms.xlsx").read_bytes(), "firms.xlsx")
    page = page_of(editor_client, file)
    assert 'id="encoding"' not in page and "workbook" in page
    given = {"c0": "company.name", "c1": "company.city"}
    assert editor_client.post(f"/imports/{file.pk}/mapping/", given).status_code == 302
    file.refresh_from_db()
    assert file.format["mapping"] == {"Firm": "company.name", "City": "company.city"}


def test_the_command_reads_by_a_saved_mapping(editor_client: Client, tmp_path: Any, capsys: Any) -> None:
    kept(editor_client, taken_in(editor_client), save_as="Deals")
    path = tmp_path / "deals.csv"
    path.write_bytes(AGAIN)
    call_command("import_csv", str(path), "--mapping", "deals")
    assert "1 new" in capsys.readouterr().out
    assert Round.objects.get(company=Company.objects.get()).raised_low == 2_000_000
    with pytest.raises(CommandError, match="There is no mapping “Dials”. Mappings are: Deals."):
        call_command("import_csv", str(path), "--mapping", "Dials")
    path.write_bytes(b"Name;City\nHalden;Oslo\n")
    with pytest.raises(CommandError, match="none of the columns that the mapping “Deals” is for"):
        call_command("import_csv", str(path), "--mapping", "Deals")
    assert Import.objects.count() == 2


def test_two_files_of_one_header_are_of_one_database_and_others_are_not(editor_client: Client) -> None:
    first, same = taken_in(editor_client), taken_in(editor_client, AGAIN)
    other = taken_in(editor_client, b"Firm;Sum\nHalden;1\n")
    assert first.format["name"] == same.format["name"] != other.format["name"]
