"""The forms of every verb that the lists name: those that English has, and none that a rule invents."""

from __future__ import annotations

import pytest

from pipeline.extract.claims.data import read_toml as read_claims
from pipeline.extract.inflection import inflections
from pipeline.extract.lists import read_toml as read_list

# The past and past participle of each irregular verb of the lists, from a grammar (Quirk et al. 1985, 3.11 to 3.19).
_IRREGULAR = """
beat: beat beaten; begin: began begun; beseech: besought; bleed: bled; bring: brought; burn: burned burnt; cost: cost
cut: cut; die: died; dig: dug; drive: driven drove; fall: fallen fell; fight: fought; find: found; flee: fled
fly: flew flown; freeze: froze frozen; give: gave given; go: gone went; hold: held; hurt: hurt; know: knew known
lead: led; lay: laid; leap: leaped leapt; leave: left; let: let; lose: lost; make: made; plead: pleaded pled; put: put
read: read; run: ran run; say: said; seek: sought; sell: sold; send: sent; set: set; shoot: shot
show: showed shown; sing: sang sung
slay: slain slew; speak: spoke spoken; swear: swore sworn; swell: swelled swollen
take: taken took; tell: told; think: thought; throw: threw thrown; write: written wrote; feel: felt
meet: met; hear: heard; become: became become
hang: hanged hung
"""
_PASTS = {
    verb.strip(): set(forms.split())
    for verb, _, forms in (each.partition(":") for line in _IRREGULAR.strip().splitlines() for each in line.split(";"))
}
# Verbs whose last consonant doubles.
_DOUBLED = {"acquit", "admit", "aver", "beg", "blog", "brag", "dub", "gun", "nab", "patrol", "quip", "refer", "slam"}
_DOUBLED |= {"snap", "stab", "sum", "transfer"}
# ... and of these in British English only.
_EITHER = {"kidnap", "label", "signal"}
# Of phrases with a preposition or an adverb, which words are their verbs: the first.
_NOT_VERBS = {"fatally", "mortally", "not"}


def _listed_verbs() -> set[str]:
    patterns, cues = read_claims("patterns.toml"), read_list("cues.toml")
    verbs = set((cues["reporting"] + cues["voicing"]).split())
    claiming = read_claims("cues.toml")
    verbs |= set((claiming["claiming"] + " " + claiming["putting"]).split())
    for name, lists in patterns.items():
        if name in ("plain", "places"):
            continue
        for role, phrases in lists.items():
            if role.endswith(("object", "subject")):
                for phrase in phrases:
                    first, *rest = phrase.split()
                    verbs |= set((rest[0] if first in _NOT_VERBS else first).split("/"))
    return verbs - {"taken"}  # "taken to .. emergency room" is listed as it stands


@pytest.mark.parametrize("verb", sorted(_listed_verbs()))
def test_every_listed_verb_has_its_forms_and_no_other(verb: str) -> None:
    forms = inflections(verb)
    past = _PASTS.get(verb) or {_regular(verb)}
    assert past <= forms
    british = {f"{verb}{verb[-1]}ed"} if verb in _EITHER else set()
    assert british <= forms
    assert {form for form in forms if form.endswith("ed")} <= past | british | {verb}, (
        "a form that English does not have"
    )
    assert any(form.endswith("ing") and form != verb for form in forms)
    assert any(form.endswith("s") and form != verb for form in forms)


def _regular(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + (verb[-1] if verb in _DOUBLED else "") + "ed"


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("die", "die dies died dying"),
        ("free", "free frees freed freeing"),
        ("lie", "lie lies lay lain lied lying"),
        ("signal", "signal signals signalled signalling signaled signaling"),
        ("hang", "hang hangs hung hanged hanging"),
        ("fatality", "fatality fatalities"),
        ("corpse", "corpse corpses"),
        ("life", "life lives"),
        ("feared", "feared"),
        ("quarantine", "quarantine quarantines quarantined quarantining"),
        ("blog", "blog blogs blogged blogging"),
    ],
)
def test_forms(word: str, forms: str) -> None:
    assert inflections(word) == set(forms.split())
