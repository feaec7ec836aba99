"""A pass rate beside its standardised form, for targets that rest on bulletins with rates by category."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from qualitybook.analysis.assess import Support
from qualitybook.analysis.counts import Interval, pooled_rate
from qualitybook.analysis.series import CURRENT_BASIS, by_year
from qualitybook.analysis.standardisation import (
    Alternative,
    ReleaseChange,
    Releases,
    Standardisation,
    YearChange,
)
from qualitybook.evidence.catalog import Target
from qualitybook.evidence.reading import rows_of
from qualitybook.evidence.schema import RULES
from qualitybook.report import formats, labels, markdown
from qualitybook.report.derived import AGAINST, figures, operation, where
from qualitybook.report.figures import food_comparison
from qualitybook.report.frames import TOLD
from qualitybook.report.voice import series_rows

if TYPE_CHECKING:
    from qualitybook.report.pages.base import Page


_POOLED_YEARS = 2
_LEVEL = 0.95
_RATE_DECIMALS = 2
_MIX_DECIMALS = 1
_DISPERSION_DECIMALS = 1


def standardised(page: Page, supports: Sequence[Support]) -> str:
    """Return the section on the standardised rate of a target's proxies.

    Empty where no proxy has bulletins whose categories add up to their total.
    """
    elsewhere = _collected(page, supports, "context")
    parts: list[str] = []
    for releases in _collected(page, supports, "proxy"):
        made = Standardisation.of(releases, elsewhere)
        if made is not None:
            parts += _of_proxy(page, made, supports)
    return markdown.paragraphs(*parts, *_elsewhere(page, elsewhere)) if parts else ""


def _collected(page: Page, supports: Iterable[Support], role: str) -> list[Releases]:
    """Return the releases with categories among the supports of a role."""
    series = [support.series for support in supports if support.role == role]
    found = [Releases.of(page.catalog, item.indicator_id, item.region_id) for item in series]
    return [releases for releases in found if releases is not None]


def _of_proxy(page: Page, made: Standardisation, supports: Sequence[Support]) -> list[str]:
    target = page.catalog.target(str(supports[0].reason["target_id"]))
    orients = page._(
        "More bulletins exist than were found for this book, some were found because a failure made news, and they do "
        "not cover the sampling of all levels. So these rates orient; they do not decide the goal."
    )
    return [
        _of_late(page, made.releases),
        _introduction(page, made),
        page.words.sentences([orients, *_scopes_elsewhere(page, made.releases, target, supports)]),
        _rates_table(page, made),
        _spread_note(page, made),
        _figure(page, made, target),
        _changes_table(page, made),
        _choices_table(page, made),
    ]


# What it is, and what it can say


def _of_late(page: Page, releases: Releases) -> str:
    """Return what the bulletins of the last two years say together."""
    last = int(releases.totals["year"].max())
    late = releases.totals[releases.totals["year"] > last - _POOLED_YEARS]
    n, failed = int(late["n"].sum()), int((late["n"] - late["passed"]).sum())
    interval = Interval.clopper_pearson(n - failed, n)
    ends, rate = (interval.lower, interval.upper), 100 * (n - failed) / n
    key, note = (releases.indicator_id, releases.region_id), page.computed.ledger.note
    rows = ["|".join([*key, row.period, row.source_id, CURRENT_BASIS]) for row in rows_of(late)]
    by_counts, exact = operation("pooled_rate", by="counts"), operation("exact_interval", level=_LEVEL)
    return page._(
        "The bulletins of {years} that were found report {n} batches, of which {failed} failed: {rate} passed "
        "({interval} by the luck of sampling alone, 95%) {cite}.",
        years=page.words.years(max(last - _POOLED_YEARS + 1, int(late["year"].min())), last),
        n=note("bulletins.items", operation("sum", of="n"), rows, n, formats.number(n, 0)),
        failed=note("bulletins.items", operation("sum", of="failed"), rows, failed, formats.number(failed, 0)),
        rate=note("bulletins.rate", by_counts, rows, rate, _percent(rate)),
        interval=note("bulletins.range", exact, rows, ends, _interval(page, *ends)),
        cite=markdown.cite(late["source_id"]),
    )


def _introduction(page: Page, made: Standardisation) -> str:
    complete = made.releases.totals[made.releases.totals["complete"]]
    return page._(
        "“{indicator}” pools whatever was sampled, so it moves with the choice of samples as well as with their "
        "quality. Here it stands beside the rate at one fixed mix: {mix}. That mix is the share of each group in all "
        "{batches} batches of the {bulletins} bulletins whose categories add up to their total; only these can be "
        "standardised. The year is that of publication; the sampling came before.",
        indicator=page.indicator_name(made.releases.indicator_id),
        mix=_mix_text(page, made, made.mix, "reference"),
        batches=_whole(page, made.releases, "sum", complete["n"].sum(), of="n", which="complete"),
        bulletins=_whole(page, made.releases, "count", len(complete), of="release", which="complete"),
    )


def _scopes_elsewhere(page: Page, own: Releases, target: Target, supports: Sequence[Support]) -> list[str]:
    """Return how the bulletins of another place differ from the full rate there, for places that publish both."""
    sentences = []
    for support in supports:
        full = support.series
        if support.role != "context" or full.indicator_id != target.indicator_id or not full.n:
            continue
        rows = page.catalog.observations_of(own.indicator_id, full.region_id)
        counted = rows[rows["n"].notna() & rows["passed"].notna()]
        if len(counted):
            sentences.append(_scope_sentence(page, full.region_id, counted, full.yearly.iloc[-1], full.last_year or 0))
    return sentences


def _scope_sentence(page: Page, region_id: str, bulletins: pd.DataFrame, full: pd.Series, year: int) -> str:
    rate = 100.0 * pooled_rate(bulletins["n"], bulletins["passed"])
    rows, note = figures(page.everything, bulletins["line"]), page.computed.ledger.note
    full_rows = page.computed.rows_of_years(full.to_frame().T)
    gap = rate - float(full["value"])
    return page._(
        "Bulletins of this kind found for {place} ({count}; {first} to {last}) read {rate} together {cite}, against "
        "{full} for all levels in {year} {full_cite}: {difference} percentage points, though not of the same period.",
        place=page.region_name(region_id),
        count=page.computed.count("bulletins.found", rows, len(bulletins)),
        first=page.words.period_text(str(bulletins["period"].iloc[0])),
        last=page.words.period_text(str(bulletins["period"].iloc[-1])),
        rate=note("bulletins.rate", operation("pooled_rate"), rows, rate, _percent(rate)),
        cite=markdown.cite(bulletins["source_id"]),
        full=note(
            "bulletins.full_rate", operation("pooled_rate"), full_rows, float(full["value"]), _percent(full["value"])
        ),
        year=page.words.year(year),
        full_cite=markdown.cite(full["sources"]),
        difference=note(
            "bulletins.gap", operation("pooled_difference"), [*full_rows, AGAINST, *rows], gap, _signed(gap)
        ),
    )


# The rates


def _rates_table(page: Page, made: Standardisation) -> str:
    totals = made.releases.totals
    rows = []
    standard = made.rates.reindex(made.raw.index)
    for (year, raw), (_year, rate) in zip(by_year(made.raw), by_year(standard), strict=True):
        of_year = totals[totals["year"] == year]
        rows.append(
            [
                page.words.year(year),
                _whole(page, made.releases, "count", raw["releases"], of="release", year=year),
                _whole(page, made.releases, "sum", raw["n"], of="n", year=year),
                _with_interval(page, made.releases, raw, "pooled_rate", "exact_interval", year=year),
                _whole(
                    page, made.releases, "count", of_year["complete"].sum(), of="release", year=year, which="complete"
                ),
                _with_interval(page, made.releases, rate, "standardised_rate", "standardised_interval", year=year),
                markdown.cite(of_year["source_id"]),
            ]
        )
    header = [
        page._("Year"),
        page._("Months with bulletins found"),
        page._("Batches"),
        page._("Raw rate (95% interval)"),
        page._("Months with all categories"),
        page._("Standardised rate (95% interval)"),
        page._("Source"),
    ]
    return page.table(header, rows, page._("Raw and standardised pass rate of the bulletins"), "lrrrrrl")


def _spread_note(page: Page, made: Standardisation) -> str:
    missing = [year for year, row in by_year(made.rates) if math.isnan(row["rate"])]
    years = page.words.join(page.words.year(year) for year in missing)
    sentences = [
        page._("The interval of the raw rate holds the error of sampling alone."),
        page._(
            "The standardised rate comes from a binomial regression on year and group; between bulletins of one year "
            "the variance is {factor} times that of sampling (Pearson, {df} degrees of freedom), and the interval "
            "includes it.",
            factor=_tell(
                page,
                made.releases,
                operation("overdispersion"),
                made.fit.dispersion,
                formats.number(made.fit.dispersion, _DISPERSION_DECIMALS),
            ),
            df=_whole(page, made.releases, "degrees_of_freedom", made.fit.df),
        )
        if made.fit.df
        else page._(
            "No year has two bulletins to compare, so the interval of the standardised rate holds the error of "
            "sampling alone."
        ),
        page._("In {years} a group was not sampled, so there is no standardised rate.", years=years) if missing else "",
    ]
    return page.words.sentences(sentences)


def _figure(page: Page, made: Standardisation, target: Target) -> str:
    frame = _figure_frame(made)
    goal = target.value if RULES[target.rule].needs_value else None
    asked = page.words.quantity(target.value_text, page.catalog.unit(target.unit))
    words = {
        "unit": page.words.unit_name(page.unit(made.releases.indicator_id)),
        "raw": page._("raw, all bulletins found"),
        "standardised": page._("standardised, complete bulletins"),
        "target": page._("Draft goal {goal}", goal=asked)
        if page.settings.is_draft
        else page._("Goal {goal}", goal=asked),
    }
    indicator = page.catalog.indicator(made.releases.indicator_id)
    for name in ("raw", "standardised"):
        told = [
            (words[name], page.words.year(year), f"{label}%")
            for year, label in zip(frame["year"], frame[f"{name}_label"], strict=True)
        ]
        frame[f"{name}_{TOLD}"] = ["\n".join(lines) for lines in told]

    def draw() -> Figure:
        return food_comparison(frame, goal, words, limits=(indicator.lower, indicator.upper))

    caption = page._(
        "{indicator} by year of publication, raw and standardised to a fixed mix, with 95% intervals. Sources: as in "
        "the table above.",
        indicator=page.series_name(made.releases.indicator_id, made.releases.region_id),
    )
    return page.figure(draw, frame, alt=_alt(page, made), caption=caption)


def _figure_frame(made: Standardisation) -> pd.DataFrame:
    """Return raw and standardised rates by year as the figure draws them.

    `year`; `raw`, `standardised` in percent, each with `_lower`, `_upper` and `_label`; NaN and an empty label where
    there is none.
    """
    both = {"raw": made.raw, "standardised": made.rates.reindex(made.raw.index)}
    columns: dict[str, object] = {"year": made.raw.index.to_numpy()}
    for name, table in both.items():
        columns[name] = table["rate"].to_numpy()
        columns[f"{name}_lower"] = table["lower"].to_numpy()
        columns[f"{name}_upper"] = table["upper"].to_numpy()
        columns[f"{name}_label"] = ["" if math.isnan(rate) else _plain(rate) for rate in table["rate"]]
    return pd.DataFrame(columns)


def _alt(page: Page, made: Standardisation) -> str:
    last = made.years[-1]
    return page._(
        "Chart of raw and standardised pass rates: {raw} raw and {standardised} standardised in {year}.",
        raw=_percent(float(made.raw["rate"][last])),
        standardised=_percent(float(made.rates["rate"][last])),
        year=page.words.year(last),
    )


# Changes and choices


def _changes_table(page: Page, made: Standardisation) -> str:
    if not made.changes:
        return ""
    note = page._(
        "The change of the raw rate of the complete bulletins, split by Kitagawa's method: “mix” is what the change of "
        "the groups' shares makes, “rate” what the change of their pass rates makes; together they are the change. "
        "In percentage points."
    )
    header = [
        page._("From"),
        page._("To"),
        page._("Change"),
        page._("Mix"),
        page._("Rate (95% interval)"),
    ]
    rows = [_change_row(page, made.releases, change) for change in made.changes]
    return note + "\n\n" + page.table(header, rows, page._("Change of the raw rate: mix and rate"), "llrrr")


def _teller(page: Page, releases: Releases, change: YearChange | ReleaseChange) -> Callable[..., str]:
    """Return what tells a part of a change, in percentage points, by the name and parameters of its operation."""

    def told(name: str, value: float, **parameters: object) -> str:
        done = operation(name, first=change.first, last=change.last, **parameters)
        return _tell(page, releases, done, value, _signed(value))

    return told


def _change_row(page: Page, releases: Releases, change: YearChange) -> list[str]:
    told = _teller(page, releases, change)
    interval = page.words.between(
        told("rate_effect", change.lower, end="lower"),
        told("rate_effect", change.upper, end="upper"),
    )
    return [
        page.words.year(change.first),
        page.words.year(change.last),
        told("pooled_difference", change.parts.change),
        told("mix_effect", change.parts.mix),
        told("rate_effect", change.parts.rate) + page.words.parentheses(interval),
    ]


def _choices_table(page: Page, made: Standardisation) -> str:
    years = made.years
    name, mix = page._("reference mix"), _mix_text(page, made, made.mix, "reference")
    rows = [[name, mix, *_rates_of(page, made, made.rates["rate"])]]
    rows += [
        [
            _choice_name(page, item),
            _mix_text(page, made, item.mix, _mix_code(item)),
            *_rates_of(page, made, item.rates, item),
        ]
        for item in made.alternatives
    ]
    header = [page._("Choice"), page._("Mix"), *(page.words.year(year) for year in years)]
    caption = page._("What the choice of the mix makes: standardised rate in percent")
    table = page.table(header, rows, caption, "ll" + "r" * len(years))
    partial = [item for item in made.alternatives if item.is_partial]
    return "\n\n".join([*(_partial_note(page, made, item) for item in partial), table])


def _choice_name(page: Page, item: Alternative) -> str:
    if item.code != "other_place":
        return page._(labels.ALTERNATIVES[item.code])
    place, period = page.region_name(item.region_id), page.words.period_text(item.period)
    return page._(labels.ALTERNATIVES[item.code], place=place, period=period) + " " + markdown.cite([item.source_id])


def _partial_note(page: Page, made: Standardisation, item: Alternative) -> str:
    return page._(
        "{place} publishes batches by category for a part of its sampling only. Its mix is that of {period}, when most "
        "was published; the groups without any count share what is left as in the reference mix, so the others weigh "
        "at least what is shown.",
        place=page.region_name(item.region_id),
        period=page.words.period_text(item.period),
    )


def _mix_code(item: Alternative) -> str:
    """Return the code of an alternative's mix, with the release that it comes from."""
    if item.code == "all_cells":
        return "reference"
    return ":".join(filter(None, [item.code, item.region_id, item.period]))


def _mix_text(page: Page, made: Standardisation, mix: pd.Series, code: str) -> str:
    """Return a mix in words, the largest group of the reference mix first."""
    groups = page.catalog.category_groups
    named = groups[groups["indicator_id"] == made.releases.indicator_id].drop_duplicates("group").set_index("group")
    order = made.mix.sort_values(ascending=False, kind="stable").index
    names = {group: markdown.escape(page.words.name(named.loc[group])) for group in order}
    space = "" if page.words.code == "zh" else " "
    shares = {
        group: _tell(
            page,
            made.releases,
            operation("group_share", group=group, mix=code),
            100.0 * mix[group],
            f"{formats.number(100.0 * mix[group], _MIX_DECIMALS)}%",
        )
        for group in order
    }
    return page.words.join(f"{names[group]}{space}{shares[group]}" for group in order)


def _rates_of(page: Page, made: Standardisation, rates: pd.Series, item: Alternative | None = None) -> list[str]:
    mix = None if item is None else _mix_code(item)
    cells = "all" if item is not None and item.code == "all_cells" else None

    def told(year: int) -> str:
        rate = float(rates[year])
        done = operation("standardised_rate", year=year, mix=mix, cells=cells)
        return "–" if math.isnan(rate) else _tell(page, made.releases, done, rate, _plain(rate))

    return [told(year) if year in rates.index else "–" for year in made.years]


# The same elsewhere


def _elsewhere(page: Page, elsewhere: Sequence[Releases]) -> list[str]:
    """Return the decomposition for the places whose releases give some categories only; nothing without any."""
    found = [(releases, change) for releases in elsewhere for change in releases.changes()]
    if not found:
        return []
    note = page._(
        "For other places, two releases for the same months of different years are compared on the categories that "
        "both give, with everything else as one remainder; a release that does not give the batches of every category "
        "cannot be standardised. The numbers are too large for sampling to matter; how much such rates vary otherwise "
        "is not known, so there is no interval."
    )
    header = [
        page._("Place"),
        page._("From"),
        page._("To"),
        page._("Categories"),
        page._("Change"),
        page._("Mix"),
        page._("Rate"),
        page._("of which the remainder"),
        page._("Source"),
    ]
    rows = [_elsewhere_row(page, releases, change) for releases, change in found]
    caption = page._("The same split elsewhere, in percentage points")
    return [note, page.table(header, rows, caption, "lllrrrrrl")]


def _elsewhere_row(page: Page, releases: Releases, change: ReleaseChange) -> list[str]:
    told, categories = _teller(page, releases, change), len(change.categories)
    return [
        page.region_name(releases.region_id),
        page.words.period_text(change.first),
        page.words.period_text(change.last),
        _whole(page, releases, "count", categories, of="shared_category", first=change.first, last=change.last),
        told("pooled_difference", change.parts.change),
        told("mix_effect", change.parts.mix),
        told("rate_effect", change.parts.rate),
        told("rate_effect", change.remainder_rate, group="remainder"),
        markdown.cite(change.source_ids),
    ]


# Numbers


def _tell(page: Page, releases: Releases, done: str, result: float | Sequence[float], printed: str) -> str:
    """Record what is worked out from a rate's releases and their categories."""
    key = releases.indicator_id
    rows = [series_rows(key, releases.region_id), where("category_groups", indicator_id=key)]
    return page.computed.ledger.note("standardised", done, rows, result, printed)


def _whole(page: Page, releases: Releases, name: str, value: float, **parameters: object) -> str:
    """Return a whole number that is worked out from a rate's releases."""
    return _tell(page, releases, operation(name, **parameters), value, formats.number(value, 0))


def _plain(value: float) -> str:
    return "–" if math.isnan(value) else formats.number(value, _RATE_DECIMALS)


def _percent(value: float) -> str:
    return f"{_plain(value)}%"


def _signed(value: float) -> str:
    return formats.signed(value, _RATE_DECIMALS)


def _interval(page: Page, low: float, high: float) -> str:
    return page.words.interval(low, high, _RATE_DECIMALS)


def _with_interval(page: Page, releases: Releases, row: pd.Series, rate: str, interval: str, year: int) -> str:
    """Return a year's rate with its interval, worked out by the operations of these names."""
    if math.isnan(row["rate"]):
        return "–"
    shown = _tell(page, releases, operation(rate, year=year), row["rate"], _percent(row["rate"]))
    ends = (float(row["lower"]), float(row["upper"]))
    told = _tell(page, releases, operation(interval, year=year), ends, _interval(page, *ends))
    return shown + page.words.parentheses(told)
