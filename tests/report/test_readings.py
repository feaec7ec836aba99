"""Indicative readings in words, in both languages (the sample city and its figures are made up)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from synthetic import HEADERS, CatalogMaker, Row, observation

from qualitybook.analysis.indicative import REASONS, Gate, Ground, Reading, Variant
from qualitybook.evidence.reading import rows_of
from qualitybook.report import labels, readings
from qualitybook.report.derived import Ledger
from qualitybook.report.voice import Computed, Voice

RATE, CENTRES = "goods_pass_rate", "test_centres"
SAID = observation(RATE, "sample_city", "2024-01/2024-09", "95", "yearbook-2026", qualifier="at_least", complete="0")


def words(target: str, indicator: str, zh: str, en: str) -> Row:
    blank = dict.fromkeys(HEADERS["indicative_goals"], "")
    named = {"target_id": target, "indicator_id": indicator}
    return blank | named | {"assumption_zh": zh, "assumption_en": en}


def evidence(role: str, variant: str = "", zh: str = "虚构", en: str = "made up", **cells: str) -> Row:
    blank = dict.fromkeys(HEADERS["indicative_evidence"], "")
    named = {"target_id": "goods-pass", "indicator_id": RATE, "from_indicator_id": RATE, "region_id": "sample_city"}
    return blank | named | {"role": role, "variant": variant, "note_zh": zh, "note_en": en} | cells


GOALS = [
    words("goods-pass", RATE, "样例市与全省相近", "the city is near the province"),
    words("centres", CENTRES, "个数照常变动", "such counts move as others do"),
]
ROWS = [
    evidence("parent", region_id="sample_province"),
    evidence("statement", source_id="yearbook-2026"),
    evidence("parent", "nation", "以全国为上级", "the nation as the place above", region_id="sample_nation"),
    evidence("class") | {"target_id": "centres", "indicator_id": CENTRES, "from_indicator_id": CENTRES},
]
READING = Reading(
    target="goods-pass",
    indicator=RATE,
    kind="number",
    estimate=94.62,
    low80=92.31,
    high80=96.0,
    low95=90.0,
    high95=97.2,
    probability=0.45,
    variants=(Variant("nation", 94.1, 0.374), Variant("peers_lead", 94.0, 0.03)),
)
RANGE = replace(READING, kind="range", reason="g5", probability=None)
REFUSED = Reading("goods-pass", RATE, "refused", "no_series")


@pytest.fixture
def voices(catalog_of: CatalogMaker) -> tuple[Voice, Voice]:
    catalog = catalog_of([SAID], indicative_evidence=ROWS, indicative_goals=GOALS)
    return Voice("zh", catalog), Voice("en", catalog)


def both(voices: tuple[Voice, Voice], reading: Reading) -> list[str]:
    return [readings.sentence(voice, reading) for voice in voices]


def test_the_frame_says_that_it_is_no_verdict(voices: tuple[Voice, Voice]) -> None:
    assert [readings.frame(voice) for voice in voices] == [
        "指示性估计，不是判定：由上级和同类地区的数字、同类序列或者本地较早的数字推算，用于没有本地目标年数值时定向。",
        "Indicative, not a verdict: worked out from figures of other places, similar series or the place's own older "
        "figures, for orientation while its value of the target year is missing.",
    ]


def test_a_number(voices: tuple[Voice, Voice]) -> None:
    assert both(voices, READING) == [
        "2025年约为94.6%，八成把握在92.3%～96.0%之间；不低于95%的可能性约45%（各有可能），前提是样例市与全省相近。",
        "About 94.6% in 2025, 92.3–96.0% with 80% confidence; the chance of at least 95% is about 45% (about as likely "
        "as not), provided the city is near the province.",
    ]
    assert [readings.short(voice, READING) for voice in voices] == [
        "94.6%（92.3%～96.0%），约45%",
        "94.6% (92.3–96.0%), about 45%",
    ]


@pytest.mark.parametrize(
    ("chance", "beyond", "zh", "en"),
    [
        (0.9, "above", "90%以上（很可能）", "90% or more (very likely)"),
        (0.1, "below", "10%以下（较不可能）", "10% or less (unlikely)"),
        (0.1, "", "约10%（较不可能）", "about 10% (unlikely)"),
        (0.7, "", "约70%（较可能）", "about 70% (likely)"),
    ],
)
def test_the_word_is_that_of_the_printed_chance(
    voices: tuple[Voice, Voice], chance: float, beyond: str, zh: str, en: str
) -> None:
    told = both(voices, replace(READING, probability=chance, beyond=beyond))
    assert f"的可能性{zh}，前提是" in told[0]
    assert f"is {en}, provided" in told[1]


def test_a_range_says_why_there_is_no_number_and_where_the_goal_lies(voices: tuple[Voice, Voice]) -> None:
    assert both(voices, RANGE) == [
        "2025年约为94.6%，八成把握在92.3%～96.0%之间，前提是样例市与全省相近；不给出可能性：就这一指标逐一隐去各地试推，"
        "结果不够准。目标（不低于95%）正在其中，现有数字不足以说偏向哪边。",
        "About 94.6% in 2025, 92.3–96.0% with 80% confidence, provided the city is near the province; no probability "
        "is given: for this measure, estimates of other places, each hidden in turn, were not close enough. The goal "
        "(at least 95%) lies inside, and what is known does not say on which side.",
    ]
    above, below = replace(RANGE, low80=95.5), replace(RANGE, high80=94.9)
    assert both(voices, above)[1].endswith("The whole range lies above the goal (at least 95%).")
    assert both(voices, below)[0].endswith("整个区间都低于目标（不低于95%）。")


def test_refusals(voices: tuple[Voice, Voice]) -> None:
    assert both(voices, REFUSED) == [
        "不估计：全国、全省和各地的数值本书均未查到。",
        "No estimate: no value was found for any place.",
    ]
    assert [readings.short(voice, REFUSED) for voice in voices] == ["不估计", "no estimate"]


def test_sources_that_contradict_each_other_are_both_told(voices: tuple[Voice, Voice]) -> None:
    rows = tuple(rows_of(voices[1].catalog.observations))
    stated = Ground("statement", RATE, "sample_city", rows, None)
    told = both(
        voices, replace(READING, disagree=True, gates=(Gate("g7", False, {"chance": 0.14}),), evidence=(stated,))
    )
    assert told[0].endswith("来源互相矛盾：按其余依据推算，本地的说法（95%以上，2024年1—9月）成立的可能性只有约15%。")
    assert told[1].endswith("(95% or more, January–September 2024) has a chance of about 15%.")


def test_a_cross_check_leaves_the_verdict_standing(voices: tuple[Voice, Voice]) -> None:
    told = both(voices, replace(READING, cross_check=True))
    assert told[0].startswith("判定不变；若计入上级地区的更新数值，2025年约为94.6%")
    assert told[1].startswith(
        "The verdict stands; with the newer figures of the place above, the value of 2025 would be about 94.6%"
    )


def test_a_stock_is_told_in_whole_numbers(voices: tuple[Voice, Voice]) -> None:
    stock = replace(READING, target="centres", indicator=CENTRES, estimate=36.7, low80=30.4, high80=47.8)
    assert both(voices, stock)[1] == (
        "About 37 in 2025, 30–48 with 80% confidence; the chance of more than in 2022 is about 45% (about as likely as "
        "not), provided such counts move as others do."
    )


def test_several_readings_name_what_they_are_read_on(voices: tuple[Voice, Voice]) -> None:
    both = [REFUSED, replace(REFUSED, indicator="research_intensity")]
    told = voices[1].sentences([readings.sentence(voices[1], each, named=True) for each in both])
    assert told == (
        "Pass rate of goods: No estimate: no value was found for any place. Research intensity: No estimate: no value "
        "was found for any place."
    )


def test_other_assumptions_are_told_in_the_words_of_the_evidence(voices: tuple[Voice, Voice]) -> None:
    told = [
        (readings.variant_text(voices[1], READING, each), readings.variant_chance(each)) for each in READING.variants
    ]
    assert told == [
        ("the nation as the place above", "35%"),
        ("places that publish are ahead of the others", "10%"),
    ]


def test_every_reason_and_gate_has_words() -> None:

    assert set(labels.READING_REASONS) == set(REASONS)
    assert set(labels.READING_GATES) == {f"g{number}" for number in range(1, 10)}


def test_what_is_printed_is_recorded(voices: tuple[Voice, Voice]) -> None:
    ledger = Ledger()
    readings.recorded(Computed(voices[1], ledger), READING)
    printed = {(note.operation, note.printed) for note in ledger.notes}
    assert ("indicative(of=estimate, target=goods-pass, indicator=goods_pass_rate)", "94.6%") in printed
    assert ("indicative(of=probability, target=goods-pass, indicator=goods_pass_rate)", "about 45%") in printed
    assert ("indicative(of=nation, target=goods-pass, indicator=goods_pass_rate)", "35%") in printed
