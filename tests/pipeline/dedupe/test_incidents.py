"""Two incidents of one kind in one town, and one of them told a second time, in several languages."""

from __future__ import annotations

import random

import pytest

from tests.pipeline.dedupe.wire import arrival, feed, stories

ENGLISH = (
    "SKARVOY - A man was shot dead in Skarvoy late on Tuesday, police said. Officers called to Harbour Road "
    "at 10:40 p.m. found Tomas Brenneke, 34, with gunshot wounds. He died in hospital. Skarvoy police "
    "spokesman Lars Engdahl asked witnesses to call. No arrests have been made.",
    "Police in Skarvoy are looking for whoever shot Tomas Brenneke. The 34-year-old was found on Harbour Road"
    " on Tuesday night with several gunshot wounds and died in hospital, spokesman Lars Engdahl said.",
    "SKARVOY - A man was shot dead in Skarvoy early on Friday, police said. Officers called to Mill Street at"
    " 2:15 a.m. found Amos Harlan, 27, with gunshot wounds. He died in hospital. Skarvoy police spokesman "
    "Lars Engdahl asked witnesses to call. No arrests have been made.",
)
SPANISH = (
    "Un hombre murió baleado en Calatrina la noche del martes, informó la policía. Osvaldo Brenes, de 34 "
    "años, fue hallado con heridas de bala en la calle Marineros a las 22.40. El portavoz de la policía de "
    "Calatrina, Julio Aranda, pidió la colaboración de los testigos. No hay detenidos.",
    "La policía de Calatrina busca al autor de los disparos que mataron el martes a Osvaldo Brenes, de 34 "
    "años, en la calle Marineros. El portavoz Julio Aranda dijo que la víctima recibió varias heridas de "
    "bala.",
    "Un hombre murió baleado en Calatrina la madrugada del viernes, informó la policía. Ramiro Estévez, de 27"
    " años, fue hallado con heridas de bala en la avenida del Molino a las 2.15. El portavoz de la policía de"
    " Calatrina, Julio Aranda, pidió la colaboración de los testigos. No hay detenidos.",
)
FRENCH = (
    "Un homme a été tué par balle à Valbrune mardi soir, a annoncé la police. Étienne Marsault, 34 ans, a été"
    " retrouvé blessé rue du Port à 22h40 et il est mort à l'hôpital. Le commissaire Luc Fontanel lance un "
    "appel à témoins à Valbrune. Personne n'a été interpellé.",
    "La police de Valbrune recherche l'auteur des tirs qui ont tué mardi Étienne Marsault, 34 ans, rue du "
    "Port. Le commissaire Luc Fontanel évoque plusieurs blessures par balle.",
    "Un homme a été tué par balle à Valbrune vendredi matin, a annoncé la police. Karim Destouches, 27 ans, a"
    " été retrouvé blessé avenue du Moulin à 2h15 et il est mort à l'hôpital. Le commissaire Luc Fontanel "
    "lance un appel à témoins à Valbrune. Personne n'a été interpellé.",
)
GERMAN = (
    "In Hohenbrück ist am Dienstagabend ein Mann erschossen worden, wie die Polizei mitteilte. Der 34-jährige"
    " Tomas Brenneke wurde um 22.40 Uhr mit Schusswunden in der Hafenstraße gefunden und starb im "
    "Krankenhaus. Polizeisprecher Lars Engdahl bat Zeugen in Hohenbrück um Hinweise. Festnahmen gab es nicht.",
    "Die Polizei von Hohenbrück sucht den Schützen, der am Dienstag in der Hafenstraße Tomas Brenneke (34) "
    "getötet hat. Der Mann hatte mehrere Schusswunden, sagte Polizeisprecher Lars Engdahl.",
    "In Hohenbrück ist am frühen Freitag ein Mann erschossen worden, wie die Polizei mitteilte. Der "
    "27-jährige Amos Harlander wurde um 2.15 Uhr mit Schusswunden in der Mühlgasse gefunden und starb im "
    "Krankenhaus. Polizeisprecher Lars Engdahl bat Zeugen in Hohenbrück um Hinweise. Festnahmen gab es nicht.",
)
PORTUGUESE = (
    "Um homem foi morto a tiros em Calmaria na noite de terça-feira, informou a polícia. Osvaldo Brandão, de "
    "34 anos, foi encontrado ferido na rua do Porto às 22h40 e morreu no hospital. O delegado Júlio Arantes "
    "pediu a ajuda de testemunhas em Calmaria. Ninguém foi preso.",
    "A polícia de Calmaria procura o autor dos tiros que mataram na terça-feira Osvaldo Brandão, de 34 anos, "
    "na rua do Porto. O delegado Júlio Arantes disse que a vítima tinha vários ferimentos a bala.",
    "Um homem foi morto a tiros em Calmaria na madrugada de sexta-feira, informou a polícia. Ramiro Estevão, "
    "de 27 anos, foi encontrado ferido na avenida do Moinho às 2h15 e morreu no hospital. O delegado Júlio "
    "Arantes pediu a ajuda de testemunhas em Calmaria. Ninguém foi preso.",
)
ARABIC = (
    "قتل رجل بالرصاص في مدينة السرافة مساء الثلاثاء بحسب الشرطة. وعثر على باسل المرعشي البالغ 34 عاما مصابا "
    "في شارع المرفأ الساعة 10:40 وتوفي في المستشفى. وقال المتحدث باسم شرطة السرافة نادر الحلواني إن أحدا لم "
    "يوقف.",
    "تبحث شرطة السرافة عن مطلق النار الذي قتل باسل المرعشي البالغ 34 عاما في شارع المرفأ مساء الثلاثاء، وقال "
    "المتحدث نادر الحلواني إن المرعشي أصيب بعدة طلقات.",
    "قتل رجل بالرصاص في مدينة السرافة فجر الجمعة بحسب الشرطة. وعثر على هيثم الزعفراني البالغ 27 عاما مصابا في"
    " شارع الطاحونة الساعة 2:15 وتوفي في المستشفى. وقال المتحدث باسم شرطة السرافة نادر الحلواني إن أحدا لم "
    "يوقف.",
)
TOLD = {"en": ENGLISH, "es": SPANISH, "fr": FRENCH, "de": GERMAN, "pt": PORTUGUESE, "ar": ARABIC}


@pytest.mark.parametrize("language", TOLD)
@pytest.mark.parametrize("seed", range(3))
def test_two_incidents_of_one_kind_are_two_stories_and_one_told_twice_is_one(language: str, seed: int) -> None:
    at = {"first": 0.0, "again": 8.0, "other": 60.0}
    arrivals = [arrival(name, text, at[name], language=language) for name, text in zip(at, TOLD[language], strict=True)]
    ledger = feed(random.Random(seed).sample(arrivals, 3))
    assert stories(ledger) == {frozenset({"first", "again"}), frozenset({"other"})}


NIGHTS = {
    "tuesday": (
        "SKARVOY - Skarvoy police are investigating a shooting that left a man in hospital. Officers responded to the"
        " 400 block of Harbour Road late Tuesday and found a man with a gunshot wound. His injuries are not life"
        " threatening. Detectives ask anyone with information to call Skarvoy Crime Watch."
    ),
    "tuesday again": (
        "SKARVOY - A man shot on Harbour Road late on Tuesday is in hospital with injuries that are not life"
        " threatening, Skarvoy police said. Detectives have no suspect in the shooting."
    ),
    "next tuesday": (
        "SKARVOY - Skarvoy police are investigating a shooting that sent a man to hospital. Officers responded to the"
        " 900 block of Mill Street late Tuesday and found a man with a gunshot wound. The injuries are not life"
        " threatening. Detectives ask anyone with information to call Skarvoy Crime Watch."
    ),
    "a week later": (
        "SKARVOY - Skarvoy police are investigating a shooting that put a man in hospital. Officers responded to Alder"
        " Avenue early Wednesday and found a man with a gunshot wound. His injury is not life threatening. Detectives"
        " ask anyone with information to call Skarvoy Crime Watch."
    ),
}


@pytest.mark.parametrize("seed", range(4))
def test_reports_of_nights_in_one_town_that_name_nobody_are_told_apart_by_street_and_day(seed: int) -> None:
    hours = {"tuesday": 0.0, "tuesday again": 5.0, "next tuesday": 168.0, "a week later": 336.0}
    arrivals = [arrival(name, NIGHTS[name], at) for name, at in hours.items()]
    assert stories(feed(random.Random(seed).sample(arrivals, 4))) == {
        frozenset({"tuesday", "tuesday again"}),
        frozenset({"next tuesday"}),
        frozenset({"a week later"}),
    }


ROBBERIES = (
    "SKARVOY - Skarvoy police are looking for two men who robbed the customers of a bar late on Tuesday. Both had guns,"
    " and one fired into the ceiling. Nobody was hurt. Officers found a spent casing by the door.",
    "SKARVOY - Two men with guns robbed a bar in Skarvoy late on Tuesday, and one fired into the ceiling, police"
    " said on Wednesday.",
    "SKARVOY - Skarvoy police are looking for a man who held up a filling station on Tuesday night. He had a gun and"
    " fired at the till. The clerk was not hurt. Officers found spent casings outside.",
)


@pytest.mark.parametrize("weeks", [1, 4])
@pytest.mark.parametrize("seed", range(3))
def test_reports_of_two_tuesdays_are_told_apart(weeks: int, seed: int) -> None:
    at = {"first": 0.0, "again": 4.0, "other": 168.0 * weeks}
    arrivals = [arrival(name, text, at[name]) for name, text in zip(at, ROBBERIES, strict=True)]
    assert stories(feed(random.Random(seed).sample(arrivals, 3))) == {
        frozenset({"first", "again"}),
        frozenset({"other"}),
    }


BATTLE = [
    (
        "KARDAL (Wire) - Twelve soldiers died when rebels overran an outpost at Ostrand Pass on Sunday, the "
        "army of Veldria said. It put rebel losses at 30."
    ),
    (
        "The Veldrian rebels claim to have killed 40 troops in their assault on the outpost at Ostrand Pass. "
        "Seven of their fighters fell, a commander said on Monday."
    ),
    (
        "Veldria's army denies losing 40 men at Ostrand Pass, where rebels stormed an outpost on Sunday. It "
        "speaks of 12 dead."
    ),
    (
        "Villagers near Ostrand Pass saw helicopters carry wounded soldiers away after the rebels' attack on "
        "the outpost. The Veldrian army sent reinforcements to Kardal."
    ),
]


@pytest.mark.parametrize("seed", range(4))
def test_briefs_of_one_battle_from_four_outlets_are_one_story(seed: int) -> None:
    arrivals = [arrival(str(at), text, 6.0 * at, source=f"Outlet {at}") for at, text in enumerate(BATTLE)]
    assert stories(feed(random.Random(seed).sample(arrivals, 4))) == {frozenset("0123")}
