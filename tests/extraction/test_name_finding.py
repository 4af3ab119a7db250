"""Names are found with all that belongs to them and nothing else, whatever they are written like."""

from __future__ import annotations

import pytest

from funding.extraction import vocabulary
from funding.extraction.companies import Cast
from funding.extraction.reading import Reading

FOUND = [
    # Dots and other signs inside.
    ("en", "The round of Heron.ai closed in May.", "Heron.ai"),
    ("en", "Investors of tinkr.build, a start-up, met.", "tinkr.build"),
    ("nl", "Het kantoor van Klavier.be ligt in Gent.", "Klavier.be"),
    ("en", "A fund, e.quarry Ventures, led the round.", "e.quarry Ventures"),
    ("it", "La piattaforma Canale+ ha raccolto due milioni.", "Canale+"),
    ("fr", "Le rival Pharmed's a levé deux millions.", "Pharmed's"),
    ("es", "La compañía McPerson's France levantó dos millones.", "McPerson's France"),
    # Figures inside.
    ("pt", "A tecnologia é da Terreiro 4, nascida em Minas.", "Terreiro 4"),
    ("it", "La startup Modulo 4.0 ha raccolto fondi.", "Modulo 4.0"),
    ("en", "The round was led by 5two2 Capital in June.", "5two2 Capital"),
    ("es", "Vende 3D Molino muebles. En Vitoria, 3D Molino crece.", "3D Molino"),
    # Legal suffixes are no part of the name, with full stops or without.
    ("it", "Il capitale di Ventaglio S.r.l. cresce.", "Ventaglio"),
    ("it", "La società Ventaglio Italia S.p.A. cresce.", "Ventaglio Italia"),
    ("nl", "De aandelen van Molenpad B.V. zijn verkocht.", "Molenpad"),
    ("pt", "A Ventura Verde S.A. cresceu muito.", "Ventura Verde"),
    # In small letters.
    ("fr", "L'entreprise s'appelle glacio, tout en minuscules.", "glacio"),
    ("pt", "A startup chama-se sussurro, assim mesmo.", "sussurro"),
    ("de", "Ein Start-up namens kleinkram, gegründet in Ulm, wächst.", "kleinkram"),
    ("nl", "stempel7 wil groeien\nDe start-up stempel7 haalt geld op.", "stempel7"),
    ("en", "The platform k8t is open source. Many use k8t today.", "k8t"),
    # At the head of a sentence, once.
    ("en", "Much was said. Brindle, a rival, raised more.", "Brindle"),
    ("fr", "Tout va bien. Brindille et le Crédit Agricole investissent.", "Brindille"),
    ("fr", "Tout va bien. Brindille licencie encore.", "Brindille"),
    ("it", "Ecco la lista.\n1. Ramoscello\n2. Foglia\n", "Ramoscello"),
    ("es", "Ganó otra. Ramita consiguió más apoyo.", "Ramita"),
    # Particles and connectors.
    ("en", "It was founded by Chloe van Rossum and others.", "Chloe van Rossum"),
    ("nl", "De oprichter is Fenna ter Horst uit Zwolle.", "Fenna ter Horst"),
    ("de", "Beteiligt ist Diana zur Mühlen aus Köln.", "Diana zur Mühlen"),
    ("fr", "Un prêt vient du Fonds de solidarité ABC et d'autres.", "Fonds de solidarité ABC"),
    ("fr", "Il a convaincu la Banque cantonale genevoise, son bailleur.", "Banque cantonale genevoise"),
    ("fr", "Un apport de la Banque centre-africaine de commerce.", "Banque centre-africaine de commerce"),
    ("it", "Con il fondo di Nuts and Bolts la società cresce.", "Nuts and Bolts"),
    # Nouns and adjectives before the name, and nouns that are part of it.
    ("de", "Die Firma Lambda Systems aus Jena wächst.", "Lambda Systems"),
    ("de", "Das Geld kommt vom Polar Innovation Fund aus Oslo.", "Polar Innovation Fund"),
    ("de", "Gegründet hat sie Roman Sattler, früher bei einer Bank.", "Roman Sattler"),
    ("de", "Münchens Lambda wächst schnell.", "Lambda"),
    ("nl", "De Qatarese Zeeduivel koopt aandelen.", "Zeeduivel"),
    ("en", "It was started by Dr Sana Malik in Leeds.", "Sana Malik"),
    ("en", "Competitor Brindle has raised more.", "Brindle"),
    ("de", "Beteiligt sind die Bestandsaktionäre Kiesel Partners.", "Kiesel Partners"),
    ("de", "Das Darlehen gewährt die Erste Bank, und Lambda wächst.", "Erste Bank"),
    ("de", "Es gab Geld vom Land Bremen für den Bau.", "Land Bremen"),
    ("de", "Davon spricht Lara Weiß, die Lambda 2021 gegründet hat. Lambda wächst.", "Lambda"),
    ("nl", "Het Vlaams Muzikaal Fonds gaf in 2019 steun.", "Vlaams Muzikaal Fonds"),
    ("en", "The Department of Weather gave a grant.", "Department of Weather"),
    ("en", "It was led by SR Two Capital Management in May.", "SR Two Capital Management"),
    ("de", "| Name | Land |\n| Lambda | Schweiz |", "Lambda"),
    ("en", "Much was said. Brindle from the Netherlands spoke.", "Brindle"),
    # Whose people somebody belongs to is no part of their name, the particle of a family name is.
    ("it", "Lo dice Tobia Lustri di Fogliame, con altri.", "Tobia Lustri"),
    ("de", "Das sagte Malte Kosmer von der Birken Stiftung gestern.", "Malte Kosmer"),
    ("fr", "Il y a Thibaud Hugues de Larache parmi eux.", "Thibaud Hugues de Larache"),
    ("nl", "Brabant Natuur Fonds en DOEN Delen tekenden in.", "Brabant Natuur Fonds"),
    ("nl", "Het bedrijf zit in Assen. Morgen volgt Assen Natuur Fonds.", "Assen"),
    # Towns of several words.
    ("pt", "São Paulo, 30 de agosto – A empresa cresce.", "São Paulo"),
    ("es", "Tiene sede en Santa Cruz de la Sierra desde 2020.", "Santa Cruz de la Sierra"),
    ("de", "Das Werk steht in Rotenburg an der Wümme.", "Rotenburg an der Wümme"),
]
NOT_FOUND = [
    ("en", "A platform called tokenization, they say. The tokenization is new.", "tokenization"),
    ("en", "However, the round was small.", "However"),
    ("en", "They work in b2b and web3 markets. Many b2b firms do.", "b2b"),
    ("en", "Write to info@heron.ai or see www.heron.ai for more.", "heron.ai"),
    ("de", "Wir bieten z.B. Kurse und u.a. Reisen.", "z.B"),
    ("fr", "La Banque a investi deux millions.", "Banque a"),
    ("en", "With Brindle 30 workers found a job.", "Brindle 30"),
    ("de", "Damit hat Lambda Anteile verkauft.", "Lambda Anteile"),
    ("en", "Figures of Brindle 1,5 and Brindle 2,5 differ.", "Brindle 1"),
    ("de", "Das war ein Rekord. Der Rekord hielt.", "Rekord"),
]


def groups_of(text: str, code: str) -> set[str]:
    """The parties of a text, by their fullest names."""
    words = vocabulary.load(code)
    return {group.text for group in Cast(Reading(words.document(text), words, None), None).groups.values()}


@pytest.mark.parametrize(("code", "text", "name"), FOUND)
def test_a_name_is_found_whole(code: str, text: str, name: str) -> None:
    assert name in groups_of(text, code)


@pytest.mark.parametrize(("code", "text", "name"), NOT_FOUND)
def test_what_only_looks_like_a_name_is_none(code: str, text: str, name: str) -> None:
    assert name not in groups_of(text, code)
