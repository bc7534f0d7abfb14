"""What place names stand for: written examples, each with what must come of its mentions in brackets."""

from __future__ import annotations

import re

import pytest

from pipeline.places import Gazetteer, resolve
from schemas.records import Entity, Place

# "[LABEL a mention]"; what is expected of each in order: name, country, precision, or None where nothing may come.
_MARKED = re.compile(r"\[([A-Z]+) ([^\]]+)\]")


def read(marked: str) -> tuple[str, list[Entity]]:
    """The text without its marks, and the entities that they mark; a surname goes by the full name marked before."""
    text, at = "", 0
    entities: list[Entity] = []
    for mark in _MARKED.finditer(marked):
        text += marked[at : mark.start()]
        full = [e.name for e in entities if e.label == "PERSON" and e.name.split()[-1] == mark[2]]
        entities.append(Entity(len(text), len(text) + len(mark[2]), mark[2], mark[1], full[0] if full else mark[2]))
        text += mark[2]
        at = mark.end()
    return text + marked[at:], entities


def resolved(gazetteer: Gazetteer, marked: str, title: str | None = None) -> dict[str, Place]:
    text, entities = read(marked)
    places = resolve(text, entities, gazetteer, title)
    for place in places:
        assert text[place.start : place.end] == place.text
    return {place.text: place for place in places}


@pytest.mark.parametrize(
    ("marked", "text", "expected"),
    [
        # What is beside a name decides.
        ("Police in [GPE Springfield], [GPE Illinois], said", "Springfield", ("USA", "IL", "town")),
        ("Police in [GPE Springfield], [GPE Missouri], said", "Springfield", ("USA", "MO", "town")),
        ("Police in [GPE Springfield], Mass., said two men died.", "Springfield", ("USA", "MA", "town")),
        ("A fire in [GPE Paris], [GPE Texas], killed two.", "Paris", ("USA", "TX", "town")),
        ("A fire in [GPE Paris] killed two. The [NORP French] president came.", "Paris", ("FRA", "11", "town")),
        ("A fire in [GPE Paris] killed two.", "Paris", ("FRA", "11", "town")),
        ("A bridge fell in [GPE London], [GPE Ontario], on Friday.", "London", ("CAN", "08", "town")),
        ("A bridge fell in [GPE London], Ont., on Friday.", "London", ("CAN", "08", "town")),
        ("Floods hit [GPE Birmingham], Ala., and [GPE Mobile].", "Birmingham", ("USA", "AL", "town")),
        ("Floods hit [GPE Birmingham] and [GPE Coventry] in [GPE England].", "Birmingham", ("GBR", "ENG", "town")),
        ("The girl from [GPE Wallace], Ark., had been at a party.", "Wallace", None),
        ("The mayor of [GPE Athens], [GPE Georgia], resigned.", "Athens", ("USA", "GA", "town")),
        ("The mayor of [GPE Athens] met the [NORP Greek] premier.", "Athens", ("GRC", "ESYE31", "town")),
        ("The blast in [GPE Tripoli], [GPE Lebanon], hurt ten.", "Tripoli", ("LBN", "09", "town")),
        ("The blast in [GPE Tripoli] hurt ten [NORP Libyans].", "Tripoli", ("LBY", "77", "town")),
        ("The clash in [GPE Hyderabad], [GPE Pakistan], left one dead.", "Hyderabad", ("PAK", "05", "town")),
        ("The clash in [GPE Hyderabad] left one dead, [NORP Indian] police said.", "Hyderabad", ("IND", "40", "town")),
        # State or country; town or state.
        ("[NORP Russian] troops crossed into [GPE Georgia] near [GPE Tbilisi].", "Georgia", ("GEO", None, "country")),
        ("A shooting in [GPE Georgia]: police in [GPE Atlanta] and [GPE Savannah] seek a man.", "Georgia",
         ("USA", "GA", "region")),
        ("Lawmakers in [GPE Georgia] voted.", "Georgia", ("GEO", None, "country")),
        ("Lawmakers in [GPE Georgia] and [GPE Alabama] voted.", "Georgia", ("USA", "GA", "region")),
        ("A bomb exploded in [GPE Kandahar] on Monday. [NORP Afghan] police spoke.", "Kandahar", ("AFG", "23", "town")),
        ("Fighting in [GPE Kandahar province], [GPE Afghanistan].", "Kandahar province", ("AFG", "23", "region")),
        ("Fighting spread in [GPE Helmand]; [NORP Afghan] troops fled.", "Helmand", ("AFG", "10", "region")),
        ("The bill was signed in [GPE New York] by the mayor.", "New York", ("USA", "NY", "town")),
        ("Snow fell across [GPE New York] state.", "New York", ("USA", "NY", "region")),
        ("[GPE Washington] said it would send aid.", "Washington", ("USA", "DC", "town")),
        ("Wildfires burned in [GPE Washington] state near [GPE Spokane].", "Washington", ("USA", "WA", "region")),
        ("Deputies of [GPE Harris County], [GPE Texas], came.", "Harris County", ("USA", "TX", "region")),
        ("Rebels took the [GPE West Bank] village.", "West Bank", ("PSE", "WE", "region")),
        ("Strikes hit [GPE Gaza City] on Sunday, [NORP Palestinian] medics said.", "Gaza City", ("PSE", "GZ", "town")),
        # Countries and what is of them.
        ("[NORP Nigerian] troops freed 40.", "Nigerian", ("NGA", None, "country")),
        ("[NORP Nigerien] troops freed 40.", "Nigerien", ("NER", None, "country")),
        ("The army of [GPE Niger] and that of [GPE Nigeria] met.", "Niger", ("NER", None, "country")),
        ("The [GPE U.S.] envoy left.", "U.S.", ("USA", None, "country")),
        ("The [GPE UK] and the [GPE UAE] signed.", "UAE", ("ARE", None, "country")),
        ("Floods in the [GPE Democratic Republic of Congo].", "Democratic Republic of Congo", ("COD", None, "country")),
        ("Four died in [GPE Côte d’Ivoire].", "Côte d’Ivoire", ("CIV", None, "country")),
        ("Four died in northern [GPE Mali].", "Mali", ("MLI", None, "country")),
        ("Four died in [GPE northern Mali].", "northern Mali", ("MLI", None, "country")),
        ("[NORP South Korean] troops were on alert.", "South Korean", ("KOR", None, "country")),
        ("[NORP Muslims] and [NORP Democrats] protested in [GPE Germany].", "Muslims", None),
        # Persons are no places.
        ("[PERSON Denzel Washington] arrived. [GPE Washington] smiled.", "Washington", None),
        ("[PERSON Denzel Washington] arrived in [GPE Washington].", "Washington", ("USA", "DC", "town")),
        ("[PERSON Michael Jordan] spoke; [GPE Jordan] said so.", "Jordan", None),
        ("[PERSON Ivo Sydney] spoke to police.", "Ivo Sydney", None),
        ("The cup of [GPE Jordan] was won in [GPE Amman].", "Jordan", ("JOR", None, "country")),
        ("Doubts arose in [PERSON Lincoln]'s office.", "Lincoln", None),
        ("The army shelled rebels in [PERSON Raqqa], [NORP Syrian] activists said.", "Raqqa", ("SYR", "04", "town")),
        # What nobody knows resolves to nothing.
        ("The army of [GPE Kerevia] shelled [GPE Halvan].", "Halvan", None),
        ("The army of [GPE Kerevia] shelled [GPE Harrow], the capital.", "Harrow", None),
        ("The army shelled [GPE Belmor], [GPE Kerevia].", "Belmor", None),
        ("Fire broke out in [GPE Moscow], [GPE Kerevia].", "Moscow", None),
        ("The union of [GPE Sorvane] struck in [GPE Dorset], [GPE Tarsova].", "Dorset", None),
        # Large towns need no support, small ones do.
        ("Three died in a fire in [GPE Leeds].", "Leeds", ("GBR", "ENG", "town")),
        ("Three died in a fire in [GPE Otley].", "Otley", ("GBR", "ENG", "town")),
        ("Three died in a fire in [GPE Wallace].", "Wallace", None),
        ("Three died in a fire in [GPE Otley], [NORP British] firefighters said.", "Otley", ("GBR", "ENG", "town")),
        ("Three died in [GPE Jackson]. The [GPE Mississippi] governor came.", "Jackson", ("USA", "MS", "town")),
        ("Three died in [GPE Jackson]. The [GPE Tennessee] governor came.", "Jackson", ("USA", "TN", "town")),
        ("Three died in [GPE Springfield].", "Springfield", None),
        ("[GPE Syria]'s [GPE Idlib] was bombed.", "Idlib", ("SYR", "12", "town")),
        ("The attack in [GPE Chibok] in [GPE Borno] state shocked [NORP Nigerians].", "Chibok", ("NGA", "27", "town")),
    ],
)  # fmt: skip
def test_a_name_stands_for(
    gazetteer: Gazetteer, marked: str, text: str, expected: tuple[str, str | None, str] | None
) -> None:
    place = resolved(gazetteer, marked).get(text)
    assert (place and (place.country, place.region, place.precision)) == expected


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("PARIS, July 3 (AP) - Two died.", "FRA"),
        ("LASHKAR GAH, Afghanistan (Reuters) - Two died.", "AFG"),
        ("Kabul, Afghanistan — Two died.", "AFG"),
        ("MOGADISHU (AFP) – Two died.", "SOM"),
        ("SPRINGFIELD, Ill. (AP) -- Two died.", "USA"),
        ("UPDATE: Two died.", None),
        ("A well-known man died.", None),
    ],
)
def test_a_dateline_is_a_place_though_extraction_missed_it(
    gazetteer: Gazetteer, text: str, country: str | None
) -> None:
    places = resolve(text, [], gazetteer)
    assert (places[0].country if places else None) == country
    assert all(text[place.start : place.end] == place.text for place in places)


def test_the_headline_tells_between_towns_of_one_name(gazetteer: Gazetteer) -> None:
    marked = "Three died in [GPE Jackson] on Sunday."
    assert resolved(gazetteer, marked, "Mississippi mourns")["Jackson"].region == "MS"
    assert resolved(gazetteer, marked, "Tennessee mourns")["Jackson"].region == "TN"


def test_a_name_means_one_place_throughout_a_document(gazetteer: Gazetteer) -> None:
    text, entities = read("In [GPE Paris], [GPE Texas], it rained. [GPE Paris] was wet. Later [GPE Paris] dried.")
    places = [place for place in resolve(text, entities, gazetteer) if place.name == "Paris"]
    assert len(places) == 3
    assert {place.region for place in places} == {"TX"}


def test_two_towns_of_one_name_are_told_apart_by_what_is_beside_each(gazetteer: Gazetteer) -> None:
    text, entities = read("From [GPE Portland], [GPE Oregon], he drove to [GPE Portland], [GPE Maine].")
    assert [p.region for p in resolve(text, entities, gazetteer) if p.name == "Portland"] == ["OR", "ME"]


def test_a_list_of_towns_holds_none_of_them(gazetteer: Gazetteer) -> None:
    places = resolved(gazetteer, "Rallies in [GPE Paris], [GPE London], [GPE Rome] and [GPE Berlin].")
    assert {name: place.country for name, place in places.items()} == {
        "Paris": "FRA", "London": "GBR", "Rome": "ITA", "Berlin": "DEU"
    }  # fmt: skip


def test_a_place_has_its_number_and_coordinates(gazetteer: Gazetteer) -> None:
    place = resolved(gazetteer, "A blast in [GPE Kabul].")["Kabul"]
    assert place.geonameid == 1138958
    assert abs(place.lat - 34.53) < 0.1
    assert abs(place.lon - 69.17) < 0.1
    assert resolved(gazetteer, "A vote in [GPE Texas].")["Texas"].geonameid == 4736286
    assert resolved(gazetteer, "A vote in [GPE Chad].")["Chad"].geonameid == 2434508


def test_a_demonym_is_told_from_its_country(gazetteer: Gazetteer) -> None:
    places = resolved(gazetteer, "[NORP Chadian] troops left [GPE Chad].")
    assert places["Chadian"].demonym
    assert not places["Chad"].demonym


def test_a_text_without_places_asks_for_nothing() -> None:
    class Never:
        def find(self, keys: object) -> dict[str, list[object]]:
            raise AssertionError(keys)

    assert resolve("He left.", [], Never()) == []  # type: ignore[arg-type]
