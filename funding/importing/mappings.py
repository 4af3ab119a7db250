"""Mappings under a name: how the columns of a file were taken once, for other files with the same header."""

import dataclasses
import hashlib
from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from funding.formats import FORMATS, Format
from funding.formats.known import folded
from funding.models import Import, SavedMapping
from funding.texts import clean_line

from .arriving import Unusable, form_of

LONGEST_NAME = 100


def digest_of(header: Sequence[str]) -> str:
    """What headers are compared by: the names of their columns, whatever their order, case and padding."""
    return hashlib.sha256("\n".join(sorted(map(folded, header))).encode()).hexdigest()


def offered(file: Import) -> QuerySet[SavedMapping]:
    """The mappings that files with the same header were read by, by name."""
    return SavedMapping.objects.filter(header_digest=digest_of(file.header)).order_by("name")


def named(name: str) -> SavedMapping:
    """The mapping of a name, whatever its case. Raises Unusable, with the names there are."""
    found = SavedMapping.objects.filter(name__iexact=name.strip()).first()
    if found is None:
        known = ", ".join(SavedMapping.objects.order_by("name").values_list("name", flat=True)) or _("none")
        raise Unusable(_("There is no mapping “%(name)s”. Mappings are: %(known)s.") % {"name": name, "known": known})
    return found


def keep(file: Import, name: str, by: User | None) -> SavedMapping:
    """Keep how a file is read under a name; another mapping of the same header and name is replaced.

    Raises Unusable where the name is none, or is that of a mapping of other columns.
    """
    name = clean_name(name)
    form = form_of(file)
    kept = {"header": file.header, "header_digest": digest_of(file.header), "format": _kept(form, name).as_json()}
    with transaction.atomic():
        held = SavedMapping.objects.select_for_update().filter(name__iexact=name).first()
        if held and held.header_digest != kept["header_digest"]:
            raise Unusable(_taken(held.name))
        if held is None:
            return _create(SavedMapping(name=name, created_by=by, **kept))
        held.format, held.header = kept["format"], kept["header"]
        held.save(update_fields=["format", "header"])
        return held


def rename(mapping: SavedMapping, name: str) -> None:
    """Give a mapping another name. Raises Unusable where it is none, or another's."""
    name = clean_name(name)
    other = SavedMapping.objects.filter(name__iexact=name).exclude(pk=mapping.pk).first()
    if other:
        raise Unusable(_taken(other.name))
    mapping.name = name
    _create(mapping)


def clean_name(name: str) -> str:
    """A name without doubled spaces. Raises Unusable where nothing is left, or too much."""
    name = clean_line(name, LONGEST_NAME + 1)
    if not name:
        raise Unusable(_("Give the mapping a name."))
    if len(name) > LONGEST_NAME:
        raise Unusable(_("The name of a mapping has at most %(most)s characters.") % {"most": LONGEST_NAME})
    return name


def _create(mapping: SavedMapping) -> SavedMapping:
    try:
        with transaction.atomic():
            mapping.save()
    except IntegrityError:  # somebody else took the name meanwhile
        raise Unusable(_taken(mapping.name)) from None
    return mapping


def _taken(name: str) -> str:
    return _("There is a mapping “%(name)s” already, for other columns. Choose another name.") % {"name": name}


def form_by(mapping: SavedMapping, header: Sequence[str], as_of: str = "") -> Format:
    """How a file of this header is read by a mapping; `as_of` is the date of the file.

    Raises Unusable where the file has none of its columns.
    """
    form = Format.from_json(mapping.format)
    columns = {folded(column) for column in header}
    if not any(meaning and folded(column) in columns for column, meaning in form.mapping.items()):
        message = _("The file has none of the columns that the mapping “%(name)s” is for.")
        raise Unusable(message % {"name": mapping.name})
    return form.with_mapping({}, {"as_of": as_of} if as_of else None)


def _kept(form: Format, name: str) -> Format:
    """A format without the date of one file, and called by the mapping's name where it has no title of its own."""
    title = form.title if form.name in FORMATS else name
    return dataclasses.replace(form, title=title, options=dataclasses.replace(form.options, as_of=""))
