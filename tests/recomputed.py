"""The numbers of a site's ``derived.csv`` worked out again, from its tables and by other code than the pages have.

Counts, differences, rates, mixes and their intervals are plain arithmetic here; only what the forecasts say is asked of
the library again, with the tables of the site instead of those that the pages read.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

from page_numbers import Number, Published, end_of, numbers_in, start_of
from scipy import special, stats

from qualitybook.analysis.assess import Scope, assess_targets, judge_peers
from qualitybook.analysis.backtest import cut_off_cases, vintage_cases
from qualitybook.analysis.borrowing import ParentView
from qualitybook.analysis.edition_diff import compare
from qualitybook.analysis.forecast import Forecast
from qualitybook.analysis.goals import Goal
from qualitybook.analysis.hidden_places import hide_on_plan
from qualitybook.analysis.indicative import readings_of_plan
from qualitybook.analysis.latest import Point
from qualitybook.analysis.outlook import forecast_series, orient_series
from qualitybook.analysis.sensitivity import Run, sensitivity
from qualitybook.analysis.series import Series, build_series
from qualitybook.analysis.standing import standings
from qualitybook.analysis.verdict import judge
from qualitybook.evidence import Catalog, load

Row = Mapping[str, str]
FIGURE_KEY = ("indicator_id", "region_id", "period", "source_id", "basis")
CLOSE = 1e-7
FLOOR, CEILING = 0.05, 0.95
BOUNDS = {"<": (0.0, FLOOR), ">": (CEILING, 1.0)}


@dataclass(frozen=True)
class Asked:
    """A row of ``derived.csv``, read."""

    row: Row
    name: str
    parameters: Mapping[str, str]
    items: tuple[str, ...]

    def __getitem__(self, name: str) -> str:
        return self.parameters[name]

    def get(self, name: str) -> str | None:
        return self.parameters.get(name)


def asked(row: Row) -> Asked:
    """Return a row of ``derived.csv`` with its operation and its rows taken apart."""
    found = re.fullmatch(r"(\w+)(?:\((.*)\))?", row["operation"])
    assert found, row
    parameters = dict(part.split("=", 1) for part in (found[2] or "").split(", ") if part)
    return Asked(row, found[1], parameters, tuple(row["rows"].split("; ")))


class Recomputed:
    """The numbers of one book, worked out again."""

    def __init__(self, published: Published) -> None:
        self.published = published
        self._results: dict[tuple[str, ...], list[float]] = {}
        # Many statements ask for the same.
        for name in ("_diff", "_readings_by", "_seen_by", "_series", "_forecast", "_runs"):
            setattr(self, name, cache(getattr(self, name)))

    def mistakes(self, told: Published | None = None) -> list[tuple[Row, list[float]]]:
        """Return the rows whose number, or what is printed of it, is another than what comes out here.

        Told is by default what the book itself says; the same book in another language says the same numbers.
        """
        wrong = []
        for row in (row for rows in (told or self.published).derived.values() for row in rows):
            one = asked(row)
            key = tuple(text for name, text in row.items() if name != "printed")
            if key not in self._results:
                self._results[key] = self.result(one)
            found = self._results[key]
            if not (
                agree([float(text) for text in row["result"].split()], found)
                and is_printed(row, self.rounded(one, found), self.scale(row))
            ):
                wrong.append((row, found))
        return wrong

    def rounded(self, one: Asked, found: list[float]) -> list[float]:
        """Return numbers as they are to be printed: a change from or to an approximate figure to that one's place.

        An approximate whole number says nothing of the places of its last zeros; two digits of a change stay.
        """
        rows = self.rows(one) if one.name == "difference" and "against" in one.items else []
        about = [row["value"] for row in rows if row.get("qualifier") == "about"]
        has_bound = any(row.get("qualifier") in ("at_least", "at_most") for row in rows)
        if len(rows) != 2 or has_bound or not about or not found[0]:
            return found
        places = [-len(text.split(".")[1]) if "." in text else len(text) - len(text.rstrip("0")) for text in about]
        second_digit = math.floor(math.log10(abs(found[0]))) - 1
        return [round(found[0], -min(max(places), second_digit))]

    def scale(self, row: Row) -> Decimal:
        """Return what a value of the indicator that a row names first is to be multiplied by."""
        named = re.search(r"indicator_id=(\w+)|(?:^|; )(\w+)\|", row["rows"])
        return Decimal(1) if named is None else self.published.scale_of(named[1] or named[2])

    def result(self, one: Asked) -> list[float]:
        """Return the number, or numbers, that an operation gives."""
        answer = OPERATIONS[one.name](self, one)
        return [float(number) for number in answer] if isinstance(answer, Sequence) else [float(answer)]

    # What is named

    @cached_property
    def catalog(self) -> Catalog:
        """The evidence as the site publishes it."""
        return load(self.published.site / "data")

    @cached_property
    def seen(self) -> Catalog:
        """What the edition sees of it."""
        return self.catalog.as_of(self.published.as_of)

    def rows(self, one: Asked) -> list[Row]:
        """Return the rows that are named, tables of rows and single figures alike."""
        return [row for item in one.items if item != "against" for row in self._named(item)]

    def _named(self, item: str) -> list[Row]:
        if item.count("|") == len(FIGURE_KEY) - 1:
            return [self._figures[tuple(item.split("|"))]]
        table, _, cells = item.partition("?")
        wanted = dict(cell.split("=", 1) for cell in cells.split("&") if cell)
        rows = self.published.observations if table == "observations" else self.published.tables[table]
        return [row for row in rows if all(is_one_of(row.get(name, ""), cell) for name, cell in wanted.items())]

    @cached_property
    def _figures(self) -> dict[tuple[str, ...], Row]:
        return {tuple(row[name] for name in FIGURE_KEY): row for row in self.published.tables["observations"]}

    def series_key(self, one: Asked) -> tuple[str, str]:
        """Return indicator and region of the series that the first of the named rows belong to."""
        first = one.items[0]
        if "|" in first:
            indicator, region, *_ = first.split("|")
            return indicator, region
        cells = dict(cell.split("=", 1) for cell in first.split("?")[1].split("&"))
        return cells["indicator_id"], cells["region_id"]

    def seen_by(self, one: Asked) -> Catalog:
        """Return what was known when a statement was made: for the edition, another one, or on a day."""
        return self._seen_by(one.get("edition"), one.get("seen"))

    def _seen_by(self, edition: str | None, day: str | None) -> Catalog:
        if edition:
            return self.catalog.as_of(self.catalog.edition(edition).as_of)
        return self.seen if day is None else self.catalog.as_of(date.fromisoformat(day))

    def series(self, one: Asked) -> Series:
        """Return the series that is named, built anew."""
        return self._series(one.get("edition"), one.get("seen"), self.series_key(one))

    def _series(self, edition: str | None, day: str | None, key: tuple[str, str]) -> Series:
        return build_series(self._seen_by(edition, day), *key)

    # Counts and sums

    def count(self, one: Asked) -> float:
        of = one.get("of")
        if of is None:
            return len(self.rows(one))
        if of in COUNTS:
            return COUNTS[of](self, one)
        return len({row[of] for row in self.rows(one)})

    def fitted_years(self, one: Asked) -> float:
        """Years that the named figures stand for; of a run or a whole series, those that the library fits."""
        if one.get("run"):
            return self.run(one).n
        if "|" not in one.items[0]:
            return self.series(one).n
        return len({start_of(row["period"]).year for row in self.rows(one)})

    def forecast_years(self, one: Asked) -> float:
        made = forecast_series(self.seen, self.series(one), self.last_target_year)
        assert made is not None
        return made.n

    @property
    def last_target_year(self) -> int:
        return int(
            next(
                row["target_year"]
                for row in self.published.tables["editions"]
                if row["edition"] == self.published.edition
            )
        )

    def cases(self, one: Asked) -> Any:
        """Return the forecasts and outcomes of a run, those that are asked for."""
        table = self._editions if one["run"] == "editions" else self._cut_off
        if ahead := one.get("ahead"):
            table = table[table["year"] == table["last_year"] + int(ahead)].head(int(one["first"]))
        if code := one.get("series_class"):
            table = table[table["class_code"] == code]
        return table

    @cached_property
    def _editions(self) -> Any:
        rows = [row for row in self.published.tables["editions"] if row["as_of"] < self.published.as_of.isoformat()]
        # The last issue of each edition, by its as-of date.
        last = {row["as_of"]: row["edition"] for row in rows}
        return vintage_cases(
            self.catalog, [(name, date.fromisoformat(day)) for day, name in last.items()], self.published.as_of
        )

    @cached_property
    def _cut_off(self) -> Any:
        return cut_off_cases(self.catalog, self.published.as_of)

    def inside(self, one: Asked) -> float:
        ends = {"0.8": ("lo80", "hi80"), "0.95": ("lo95", "hi95")}[one["level"]]
        rows = self.cases(one)[[*ends, "outcome"]].to_numpy()
        return sum(low <= outcome <= high for low, high, outcome in rows)

    def share(self, one: Asked) -> float:
        return 100 * self.inside(one) / len(self.cases(one))

    def brier(self, one: Asked) -> float:
        rows = self.cases(one)[["chance_not_below_last", "outcome", "last"]].to_numpy()
        return sum((chance - (outcome >= last)) ** 2 for chance, outcome, last in rows) / len(rows)

    def outer_tenths(self, one: Asked) -> float:
        places = list(self.cases(one)["pit"])
        return len(places) / 5 if one.get("expected") else sum(pit < 0.1 or pit >= 0.9 for pit in places)

    def goals(self, one: Asked) -> float:
        """How many goals are of a kind, from verdicts made anew."""
        which = one.get("which") or "all"
        if one.get("since"):
            diff = self.diff(one)
            return len(diff.moves) if which == "moved" else diff.unmoved
        if one.items[0].startswith("peer_targets"):
            return self.peers(which)
        if which.startswith("side_"):
            return sum(each.side == which.removeprefix("side_") for each in self._standings)
        asked = [item.verdict for item in self._assessed]
        if one.get("measurable"):
            asked = [verdict for verdict in asked if verdict.goal.rule != "qualitative"]
        found = [verdict for verdict in asked if GOAL_KINDS[which](verdict)]
        return sum(one.get("reason") in (None, verdict.reason) for verdict in found)

    def peers(self, which: str) -> float:
        """How many goals of other places are of a kind; those that are drawn, once for each scope of their wording."""
        verdicts = [verdict for _row, verdict in judge_peers(self.catalog, self.published.as_of)]
        if which == "drawn":
            told = [Scope.of_verdict(self.seen, verdict, self.published.as_of) for verdict in verdicts]
            verdicts = [
                each
                for verdict, scopes in zip(verdicts, told, strict=True)
                for each in ([scope.verdict for scope in scopes] or [verdict])
            ]
            return sum(self.is_drawn(verdict) for verdict in verdicts)
        return sum(GOAL_KINDS[which](verdict) for verdict in verdicts)

    def is_drawn(self, verdict: Any) -> bool:
        """Say whether a goal with a number has a forecast, or a figure of the four years up to its own."""
        if verdict.goal.value is None or verdict.series is None:
            return False
        last = verdict.goal.target_year
        return verdict.forecast is not None or any(
            point.year is not None and last - 3 <= point.year <= last and point.span in ("year", "date", "part")
            for point in Point.of_series(self.seen, verdict.series)
        )

    def hidden(self, one: Asked) -> float:
        """What came of hiding places, done again with the tables of the site."""
        found = self._hidden.of(one["situation"], one.get("indicator") or "")
        if one["of"] == "cases":
            return len(found.cases)
        return float(getattr(found, one["of"]))

    @cached_property
    def _hidden(self) -> Any:
        return hide_on_plan(self.seen)

    def indicative(self, one: Asked) -> float:
        """What an indicative reading says, asked of the library with the tables of the site."""
        known = self._readings_by(one.get("edition"), one.get("seen"))
        (found,) = (item for item in known[one["target"]] if item.indicator == one["indicator"])
        of = one["of"]
        if of == "contradiction":
            return next(float(gate.detail["chance"]) for gate in found.gates if gate.code == "g7")
        if hasattr(found, of):
            return float(getattr(found, of))
        code, _, what = of.partition(".")
        return float(getattr(next(each for each in found.variants if each.code == code), what or "probability"))

    def _readings_by(self, edition: str | None, day: str | None) -> Any:
        if day is None:
            return readings_of_plan(self.seen, self.published.as_of)
        return readings_of_plan(self._seen_by(edition, day), date.fromisoformat(day))

    def diff(self, one: Asked) -> Any:
        """Return what changed since another edition, compared anew."""
        return self._diff(one["since"])

    def _diff(self, since: str) -> Any:
        before, now = (self.catalog.edition(name) for name in (since, self.published.edition))
        return compare(self.catalog, before, now)

    def changed_figures(self, one: Asked) -> float:
        """How many figures are new since an edition, by the tables alone; of one kind, by comparing anew."""
        if one["which"] == "added":
            day = next(row["as_of"] for row in self.published.tables["editions"] if row["edition"] == one["since"])
            return len(self.published.observations) - len(self.published.seen_on(date.fromisoformat(day)))
        return len(getattr(self.diff(one), one["which"]))

    def series_with_figures(self, one: Asked) -> float:
        known = {(row["indicator_id"], row["region_id"]) for row in self.published.observations}
        return sum((row["indicator_id"], row["region_id"]) in known for row in self.rows(one))

    @cached_property
    def _standings(self) -> Any:
        return standings(self.seen, self._assessed, readings_of_plan(self.catalog, self.published.as_of))

    @cached_property
    def _assessed(self) -> Any:
        return assess_targets(self.catalog, self.published.as_of)

    def cited_sources(self, one: Asked) -> float:
        used = {row["source_id"] for row in self.published.observations}
        return sum(row["source_id"] in used for row in self.rows(one))

    def without_figures(self, one: Asked) -> float:
        used = {row["indicator_id"] for row in self.published.observations}
        return sum(row["indicator_id"] not in used for row in self.rows(one))

    def rows_with_figures(self, one: Asked) -> float:
        """How many goals, or tasks, have a figure of their own in the last years."""
        first = self.published.as_of.year - int(one["years"]) + 1
        ends = {
            (row["indicator_id"], row["region_id"])
            for row in self.published.observations
            if row["period"] and first <= end_of(row["period"]).year <= self.published.as_of.year
        }
        place = Counter(row["region_id"] for row in self.published.tables["targets"] if row["region_id"]).most_common(
            1
        )[0][0]
        tasks = defaultdict(set)
        for link in self.published.tables["task_indicators"]:
            tasks[link["task_id"]].add((link["indicator_id"], place))
        return sum(
            bool(ends & (tasks[row["task_id"]] if "task_id" in row else {(row["indicator_id"], row["region_id"])}))
            for row in self.rows(one)
        )

    def moves(self, one: Asked) -> float:
        """How many of the series named went a way since a year: by the ends between which the change must lie."""
        ways = [self.way_since(key, int(one["since"])) for key in self.series_keys(one)]
        return ways.count({"risen": 1, "fallen": -1, "unchanged": 0}[one["of"]])

    def series_keys(self, one: Asked) -> list[tuple[str, str]]:
        return sorted({(row["indicator_id"], row["region_id"]) for row in self.rows(one)})

    def way_since(self, key: tuple[str, str], since: int) -> int | None:
        points = Point.of_series(self.seen, build_series(self.seen, *key))
        kinds = ({"year", "date"}, {"part"}, {"years"})
        after = next((own[-1] for kind in kinds if (own := [point for point in points if point.span in kind])), None)
        if after is None or after.year is None or after.year <= since:
            return None
        before = [point for point in points if comparable(point, after) and since - 3 <= (point.year or 0) <= since]
        if after.span == "part":
            before = [
                point for point in before if point.period[4:] == after.period[4:] and point.year == after.year - 1
            ]
        if not before:
            return None
        (first, last), (low, high) = ends_of(before[-1]), ends_of(after)
        least, most = low - last, high - first
        way = 1 if least > 0 else -1 if most < 0 else 0 if least == most == 0 else None
        kind = next(row["kind"] for row in self.published.tables["indicators"] if row["indicator_id"] == key[0])
        return -way if way and kind == "rank" else way

    def stale(self, one: Asked) -> float:
        """How many of the series named have no figure of the last years, by the ends of their periods."""
        newest: dict[str, int] = {}
        for row in self.rows(one):
            newest[row["indicator_id"]] = max(newest.get(row["indicator_id"], 0), self.last_year_of(row))
        last = self.published.as_of.year - 1
        return sum(0 < year < last - int(one["years"]) for year in newest.values())

    def used_as(self, one: Asked) -> float:
        """How many figures behind the measurable goals are used in a way, by series built anew."""
        found: Counter[str] = Counter()
        for item in self._assessed:
            if item.target["rule"] != "qualitative":
                found.update(item.verdict.series.rows["use"] if item.verdict.series is not None else [])
                for support in item.supports:
                    found.update(support.series.rows["use"])
        return found[one["use"]]

    def difference(self, one: Asked) -> float:
        if one.get("of") == "year":
            return int(one["until"]) - max(start_of(row["period"]).year for row in self.rows(one))
        if one.get("of") == "last_year":
            return int(one["until"]) - max(self.last_year_of(row) for row in self.rows(one))
        if "against" not in one.items:
            first, *_, last = self.rows(one)
            return value_of(last) - value_of(first)
        before, after = (self.side(one, rows) for rows in self.sides(one))
        return float(after - before)

    def last_year_of(self, row: Row) -> int:
        """Return the year in which a figure's period ends, or the last one that an undated figure may belong to."""
        if row["period"]:
            return end_of(row["period"]).year
        keys = ("indicator_id", "region_id", "source_id")
        known = [each for each in self.published.tables.get("dating", ()) if all(each[key] == row[key] for key in keys)]
        return int(known[0]["to_year"]) if known else 0

    def sides(self, one: Asked) -> tuple[list[Row], list[Row]]:
        """Return the rows before and after the word that parts them."""
        place = one.items.index("against")
        halves = (one.items[:place], one.items[place + 1 :])
        first, second = ([row for item in half for row in self._named(item)] for half in halves)
        return first, second

    def side(self, one: Asked, rows: Sequence[Row]) -> Decimal:
        """Return a figure as printed, or a year made from its parts, rounded as it is printed."""
        if len(rows) == 1:
            return Decimal(rows[0]["value"])
        made = {"mean": mean_of, "sum": sum_of, "pooled_rate": pooled}[one["made_by"]](rows)
        decimals = min(len(row["value"].partition(".")[2]) for row in rows)
        return Decimal(f"{Decimal(repr(made)):.{decimals}f}")

    def yearly_step(self, one: Asked) -> float:
        before, after = self.sides(one)
        years = [start_of(rows[0]["period"]).year for rows in (before, after)]
        return (self.year_value(after) - self.year_value(before)) / (years[1] - years[0])

    def year_value(self, rows: Sequence[Row]) -> float:
        """Return the value of a year from its own figure or its parts."""
        if len(rows) == 1:
            return value_of(rows[0])
        how = next(row for row in self.published.tables["indicators"] if row["indicator_id"] == rows[0]["indicator_id"])
        return {"mean": mean_of, "sum": sum_of, "pooled": pooled}[how["year_from"] or "pooled"](rows)

    def asked_figure(self, one: Asked) -> float:
        return self.changed(one, self.year_value(self.rows(one)))

    def changed(self, one: Asked, start: float) -> float:
        if one["rule"] == "count_increase":
            return start + 1
        share = float(one["value"]) / 100
        if one["rule"] == "average_growth":
            for _year in range(int(one["first"]), int(one["year"]) + 1):
                start += share * start
            return start
        return start + share * start if one.get("percent") else start + float(one["value"])

    def mean_growth(self, one: Asked) -> float:
        logs = [math.log1p(value_of(row) / 100) for row in self.rows(one)]
        return 100 * math.expm1(sum(logs) / len(logs))

    def needed_growth(self, one: Asked) -> float:
        logs = [math.log1p(value_of(row) / 100) for row in self.rows(one)]
        years = int(one["year"]) - int(one["first"]) + 1
        left = years * math.log1p(float(one["value"]) / 100) - sum(logs)
        return 100 * math.expm1(left / (years - len(logs)))

    def needed_step(self, one: Asked) -> float:
        if one.get("baseline") or one.get("first"):
            last, baseline = self.sides(one)
            asked = self.changed(one, self.year_value(baseline))
        else:
            last, asked = self.rows(one), float(one["value"])
        return (asked - self.year_value(last)) / (int(one["year"]) - start_of(last[0]["period"]).year)

    def same_factor(self, one: Asked) -> float:
        own, before, after = self.rows(one)
        return value_of(own) * value_of(after) / value_of(before)

    def sampling_error(self, one: Asked) -> float:
        """1.96 standard errors of the difference of two rates that are taken to be one."""
        pairs = [(value_of(row), float(row["n"])) for row in self.rows(one)]
        rate = sum(each * n for each, n in pairs) / sum(n for _, n in pairs)
        return 1.96 * math.sqrt(rate * (100 - rate) * sum(1 / n for _, n in pairs))

    def usual_step(self, one: Asked) -> float:
        """The series' own step, from its comparable figures up to the last year of the change."""
        first, last = int(one["first"]), int(one["last"])
        catalog, series = self.seen, self.series(one)
        points = [point for point in Point.of_series(catalog, series) if not point.is_bound]
        after = [point for point in points if point.year == last and point.span in ("year", "date")][-1]
        before = [point for point in points if comparable(point, after)]
        yearly = {point.year: point.value for point in [*before, after]}
        steps = [(yearly[b] - yearly[a], b - a) for a, b in pairwise(sorted(yearly))]
        trend = sum(step for step, _ in steps) / sum(years for _, years in steps)
        variance = sum((step - trend * years) ** 2 / years for step, years in steps) / (len(steps) - 1)
        return math.sqrt(variance * (last - first))

    def added(self, one: Asked) -> float:
        if one.get("of") == "failed":
            return sum(float(row["n"]) - float(row["passed"]) for row in self.rows(one))
        if one.get("of") == "n":
            rows = self.releases(one) if "category_groups" in one.row["rows"] else self.rows(one)
            return sum(float(row["n"]) for row in rows)
        return sum(float(row[one.get("of") or "value"]) for row in self.rows(one))

    def mean(self, one: Asked) -> float:
        return mean_of(self.rows(one))

    def pooled_rate(self, one: Asked) -> float:
        if one.get("by") == "counts":
            return counted(self.rows(one))
        return counted(self.releases(one)) if "category_groups" in one.row["rows"] else pooled(self.rows(one))

    def pooled_difference(self, one: Asked) -> float:
        if "category_groups" in one.row["rows"]:
            before, after = self.two_cells(one)
            return pooled(after) - pooled(before)
        before, after = self.sides(one)
        return pooled(after) - pooled(before)

    def exact_interval(self, one: Asked) -> list[float]:
        rows = self.releases(one) if "category_groups" in one.row["rows"] else self.rows(one)
        n = sum(float(row["n"]) for row in rows)
        passed = sum(passed_of(row) for row in rows)
        tail = (1 - float(one.get("level") or 0.95)) / 2
        lower = stats.beta.ppf(tail, passed, n - passed + 1) if passed > 0 else 0.0
        upper = stats.beta.ppf(1 - tail, passed + 1, n - passed) if passed < n else 1.0
        ends = {"lower": 100 * float(lower), "upper": 100 * float(upper)}
        return [ends[one["end"]]] if one.get("end") else list(ends.values())

    def months_between(self, one: Asked) -> float:
        (row,), now = self.rows(one), self.published.as_of
        end = end_of(row["period"])
        return (now.year - end.year) * 12 + now.month - end.month

    def given(self, one: Asked) -> float:
        name, *path = one.items[0].split("/")
        value: Any = json.loads((self.published.site / "data" / name).read_text(encoding="utf-8"))
        for step in path:
            value = value[int(step)] if isinstance(value, list) else value[step]
        return float(value)

    # Forecasts

    def goal(self, one: Asked) -> Goal:
        """Return the goal that a probability is for."""
        indicator, region = self.series_key(one)
        value, baseline = one.get("value"), one.get("baseline")
        return Goal(
            indicator_id=indicator,
            region_id=region,
            rule=one["rule"],
            value=None if value is None else float(value),
            target_year=int(one["year"]),
            baseline_year=None if baseline is None else int(baseline),
            value_high=None if one.get("high") is None else float(one["high"]),
            from_year=None if one.get("first") is None else int(one["first"]),
            path=tuple((int(year), float(step)) for year, step in map(str.split, (one.get("path") or "").split("; ")))
            if one.get("path")
            else (),
            is_percent=one.get("percent") == "1",
        )

    def probability(self, one: Asked) -> float:
        goal, day = self.goal(one), self.published.as_of
        if one.get("run"):
            chance = self.run(one).probability
        else:
            models = (one["model"],) if one.get("model") else None
            verdict = judge(self.seen_by(one), goal, day)
            if one.get("by"):
                view = ParentView.of(self.seen, verdict)
                assert view is not None
                return view.probability
            if models:
                return verdict.by_model[models[0]]
            chance = verdict.true_rate_probability if one.get("of") == "all_items" else verdict.probability
        assert chance is not None
        return chance

    def run(self, one: Asked) -> Run:
        """Return the run of the sensitivity analysis that is named."""
        left_out = one.get("left_out")
        runs = [run for goal in self._goals_of(self.series_key(one)) for run in self._runs(goal)]
        return next(run for run in runs if run.code == one["run"] and str(run.left_out or "") == (left_out or ""))

    def _goals_of(self, series: tuple[str, str]) -> list[Goal]:
        return [
            item.verdict.goal
            for item in self._assessed
            if (item.verdict.goal.indicator_id, item.verdict.goal.region_id) == series
        ]

    def _runs(self, goal: Goal) -> tuple[Run, ...]:
        return sensitivity(self.seen, goal, self.published.as_of).runs

    def differing_runs(self, one: Asked) -> float:
        book, *others = self._runs(self.goal(one))
        return sum((run.state, run.word) != (book.state, book.word) for run in others) - int(one["after"])

    def forecast(self, one: Asked) -> tuple[Forecast, int]:
        year, last = int(one["year"]), max(int(one["year"]), int(one.get("to") or 0))
        made, fitted = self._forecast(one.get("edition"), one.get("seen"), self.series_key(one), last)
        return made, year - fitted

    def _forecast(self, edition: str | None, day: str | None, key: tuple[str, str], last: int) -> tuple[Forecast, int]:
        """Return a forecast up to a year, and the last year that it is fitted to."""
        seen = self._seen_by(edition, day)
        series = self._series(edition, day, key)
        made = forecast_series(seen, series, last)
        assert made is not None
        return made, int(series.years()[-1])

    def interval(self, one: Asked) -> list[float]:
        if one.get("by") == "similar_series":
            rough = orient_series(self.seen_by(one), self.series(one), int(one["year"]))
            assert rough is not None
            return [rough.lower, rough.upper]
        half = float(one["level"]) / 2
        return [self._quantile(one, share) for share in (0.5 - half, 0.5 + half)]

    def quantile(self, one: Asked) -> float:
        return self._quantile(one, float(one["level"]))

    def _quantile(self, one: Asked, share: float) -> float:
        made, horizon = self.forecast(one)
        if model := one.get("model"):
            table = made.quantiles_a if model == "A" else made.quantiles_b
            place = min(range(len(made.levels)), key=lambda at: abs(made.levels[at] - share))
            return float(table[made.row(horizon)][place])
        return made.quantile(share, horizon)

    def moved_interval(self, one: Asked) -> list[float]:
        low, high = self.interval(one) if one.get("kind") != "published" else 2 * [self.own_value(one)]
        first, second = (self._named(item)[0] for item in one.items[1:])
        gap = value_of(second) - value_of(first)
        indicator = next(
            row for row in self.published.tables["indicators"] if row["indicator_id"] == second["indicator_id"]
        )
        lowest = float(indicator["lower"]) if indicator["lower"] else -math.inf
        highest = float(indicator["upper"]) if indicator["upper"] else math.inf
        low = lowest if second["qualifier"] == "at_most" else low + gap
        high = highest if second["qualifier"] == "at_least" else high + gap
        return [min(max(end, lowest), highest) for end in (low, high)]

    def own_value(self, one: Asked) -> float:
        return float(self.series(one).yearly["value"].loc[int(one["year"])])

    def growth_ratio(self, one: Asked) -> float:
        first, last = self.rows(one)
        base, end = value_of(first), value_of(last)
        start, stop = start_of(first["period"]).year, start_of(last["period"]).year
        observed = (end / base) ** (1 / (stop - start)) - 1
        return observed / ((float(one["value"]) / base) ** (1 / (int(one["year"]) - start)) - 1)

    # Rates with categories

    def bulletins(self, one: Asked) -> Bulletins:
        """Return the counted totals and categories of the rate that is named."""
        return self.bulletins_of(*self.series_key(one))

    def bulletins_of(self, indicator: str, region: str) -> Bulletins:
        groups = {
            row["category_id"]: row["group"]
            for row in self.published.tables["category_groups"]
            if row["indicator_id"] == indicator
        }
        best: dict[tuple[str, str], Row] = {}
        for row in self.published.observations:
            if row["region_id"] == region and (row["indicator_id"] == indicator or row["indicator_id"] in groups):
                key = (row["indicator_id"], row["period"])
                if row["period"] and (key not in best or self._rank(row) > self._rank(best[key])):
                    best[key] = row
        usable = [
            row
            for row in best.values()
            if row["qualifier"] in ("exact", "derived", "about")
            and row["grade"] in ("A", "B")
            and not row["basis"]
            and row["n"]
            and row["passed"]
        ]
        totals = {row["period"]: row for row in usable if row["indicator_id"] == indicator}
        return Bulletins(totals, [row for row in usable if row["indicator_id"] != indicator], groups)

    def _rank(self, row: Row) -> tuple[Any, ...]:
        """Return what the choice among figures of one period goes by: preferred, better grade, later publication."""
        day = self.published.available[row["source_id"]]
        return (row["preferred"] == "1", -ord(row["grade"]), day)

    def releases(self, one: Asked) -> list[Row]:
        """Return the totals of a year, or of all years, of the complete releases where only these are asked for."""
        found = self.bulletins(one)
        periods = found.complete if one.get("which") == "complete" else list(found.totals)
        year = one.get("year")
        return [found.totals[period] for period in periods if year is None or str(start_of(period).year) == year]

    def two_cells(self, one: Asked) -> tuple[list[Row], list[Row]]:
        """Return the counts by group of two years, or by category of two releases with the remainder."""
        return tuple(list(part.values()) for part in self.compared(one))  # type: ignore[return-value]

    def compared(self, one: Asked) -> tuple[dict[str, Row], dict[str, Row]]:
        found = self.bulletins(one)
        if one["first"].isdigit() and len(one["first"]) == 4 and one["first"] not in found.totals:
            before, after = (found.by_group(int(one[name])) for name in ("first", "last"))
            return before, after
        shared = found.shared(one["first"], one["last"])
        before, after = (found.with_remainder(one[name], shared) for name in ("first", "last"))
        return before, after

    def shared_categories(self, one: Asked) -> float:
        return len(self.bulletins(one).shared(one["first"], one["last"]))

    def mix_effect(self, one: Asked) -> float:
        return sum(part for part, _ in self.kitagawa(one).values())

    def rate_effect(self, one: Asked) -> float:
        parts = self.kitagawa(one)
        if one.get("group") == "remainder":
            return parts[""][1]
        total = sum(part for _, part in parts.values())
        if not one.get("end"):
            return total
        found, cells = self.bulletins(one), self.compared(one)
        fit = found.fit(found.complete)
        sums = [sum(float(row["n"]) for row in part.values()) for part in cells]
        variance = 0.0
        for group in cells[0]:
            share = sum(float(part[group]["n"]) / n for part, n in zip(cells, sums, strict=True)) / 2
            variance += share**2 * sum(fit.variance[int(one[name]), group] for name in ("first", "last"))
        half = 100 * fit.quantile * math.sqrt(variance)
        return total - half if one["end"] == "lower" else total + half

    def kitagawa(self, one: Asked) -> dict[str, tuple[float, float]]:
        """Return the two parts of the change of a pooled rate by group."""
        before, after = self.compared(one)
        sums = [sum(float(row["n"]) for row in part.values()) for part in (before, after)]
        level = (pooled(before.values()) + pooled(after.values())) / 2
        parts = {}
        for group in before:
            shares = [float(part[group]["n"]) / n for part, n in zip((before, after), sums, strict=True)]
            known = [
                100 * float(part[group]["passed"]) / float(part[group]["n"])
                for part in (before, after)
                if float(part[group]["n"])
            ]
            rates = known if len(known) == 2 else 2 * (known or [0.0])
            parts[group] = (
                (shares[1] - shares[0]) * (sum(rates) / 2 - level),
                (rates[1] - rates[0]) * sum(shares) / 2,
            )
        return parts

    def group_share(self, one: Asked) -> float:
        return 100 * self.mix(one)[one["group"]]

    def mix(self, one: Asked) -> dict[str, float]:
        """Return the weights of the groups that are named."""
        found = self.bulletins(one)
        code, _, rest = (one.get("mix") or "reference").partition(":")
        cells = found.cells_of(found.complete)
        reference = shares_of(cells, found.groups)
        if code == "reference":
            return reference
        if code == "latest_year":
            last = max(year for year, _ in found.fit(found.complete).rates if found.has_all(year))
            return {
                **dict.fromkeys(reference, 0.0),
                **shares_of([row for row in cells if start_of(row["period"]).year == last], found.groups),
            }
        if code == "each_release":
            mixes = [
                shares_of([row for row in cells if row["period"] == period], found.groups) for period in found.complete
            ]
            mixes = [mix for mix in mixes if mix]
            return {group: sum(mix.get(group, 0.0) for mix in mixes) / len(mixes) for group in reference}
        region, _, period = rest.partition(":")
        return self.mix_elsewhere(one, region, period, reference)

    def mix_elsewhere(self, one: Asked, region: str, period: str, reference: dict[str, float]) -> dict[str, float]:
        found = self.bulletins_of(self.series_key_elsewhere(one), region)
        counted: dict[str, float] = defaultdict(float)
        for row in found.cells_of([period]):
            counted[found.groups[row["indicator_id"]]] += float(row["n"])
        if set(counted) == set(reference):
            return {group: counted[group] / sum(counted.values()) for group in reference}
        total = float(found.totals[period]["n"])
        left = 1 - sum(counted.values()) / total
        unknown = sum(share for group, share in reference.items() if group not in counted)
        return {
            group: counted[group] / total if group in counted else left * share / unknown
            for group, share in reference.items()
        }

    def series_key_elsewhere(self, one: Asked) -> str:
        """Return the rate elsewhere: the one with categories there, the same by default."""
        region = (one.get("mix") or "").split(":")[1]
        own = self.series_key(one)[0]
        listed = dict.fromkeys(row["indicator_id"] for row in self.published.tables["category_groups"])
        period = (one.get("mix") or "").split(":")[2]
        return next(key for key in [own, *listed] if period in self.bulletins_of(key, region).totals)

    def standardised_rate(self, one: Asked) -> float:
        found = self.bulletins(one)
        cells = found.cells if one.get("cells") == "all" else found.cells_of(found.complete)
        rates, mix = found.fit_of(cells).rates, self.mix(one)
        return 100 * sum(weight * rates[int(one["year"]), group] for group, weight in mix.items() if weight)

    def standardised_interval(self, one: Asked) -> list[float]:
        found = self.bulletins(one)
        fit, mix, year = found.fit(found.complete), self.mix(one), int(one["year"])
        rate = sum(weight * fit.rates[year, group] for group, weight in mix.items())
        inside = sum(weight * fit.inside[year, group] for group, weight in mix.items())
        variance = sum(weight**2 * fit.variance[year, group] for group, weight in mix.items())
        return interval_of_effective_number(rate, inside * (1 - inside) / variance, fit.quantile)

    def overdispersion(self, one: Asked) -> float:
        found = self.bulletins(one)
        return found.fit(found.complete).dispersion

    def degrees_of_freedom(self, one: Asked) -> float:
        found = self.bulletins(one)
        return found.fit(found.complete).df


@dataclass(frozen=True)
class Fit:
    """Pooled rates by year and group with Pearson's dispersion."""

    rates: dict[tuple[int, str], float]
    inside: dict[tuple[int, str], float]
    variance: dict[tuple[int, str], float]
    dispersion: float
    df: int

    @property
    def quantile(self) -> float:
        return float(stats.t.ppf(0.975, self.df) if self.df else stats.norm.ppf(0.975))


@dataclass(frozen=True)
class Bulletins:
    """Counted totals by period, counted categories, and the group of each category."""

    totals: dict[str, Row]
    cells: list[Row]
    groups: dict[str, str]

    @property
    def complete(self) -> list[str]:
        """Periods in which the categories add up to the total."""
        return [
            period
            for period, total in self.totals.items()
            if all(
                sum(float(row[name]) for row in self.cells_of([period])) == float(total[name])
                for name in ("n", "passed")
            )
        ]

    def cells_of(self, periods: Iterable[str]) -> list[Row]:
        wanted = set(periods)
        return [row for row in self.cells if row["period"] in wanted]

    def has_all(self, year: int) -> bool:
        return set(self.groups.values()) <= set(self.by_group(year))

    def by_group(self, year: int) -> dict[str, Row]:
        """Return the counts of a year's complete releases by group."""
        sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row in self.cells_of(self.complete):
            if start_of(row["period"]).year == year:
                sums[self.groups[row["indicator_id"]]][0] += float(row["n"])
                sums[self.groups[row["indicator_id"]]][1] += float(row["passed"])
        return {group: {"n": str(n), "passed": str(passed)} for group, (n, passed) in sums.items()}

    def shared(self, first: str, last: str) -> list[str]:
        """Return the categories that two releases both give."""
        both = [{row["indicator_id"] for row in self.cells_of([period])} for period in (first, last)]
        return sorted(both[0] & both[1])

    def with_remainder(self, period: str, shared: Sequence[str]) -> dict[str, Row]:
        """Return the counts of categories in a release, and of everything else as one."""
        cells = {row["indicator_id"]: row for row in self.cells_of([period]) if row["indicator_id"] in shared}
        rest = {
            name: str(float(self.totals[period][name]) - sum(float(row[name]) for row in cells.values()))
            for name in ("n", "passed")
        }
        return {**{key: cells[key] for key in shared}, "": rest}

    def fit(self, periods: Sequence[str]) -> Fit:
        return self.fit_of(self.cells_of(periods))

    def fit_of(self, cells: Sequence[Row]) -> Fit:
        """Return the rates of cells; one release and group is one binomial count."""
        single: dict[tuple[int, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        pooled_cells: dict[tuple[int, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for row in cells:
            year, group = start_of(row["period"]).year, self.groups[row["indicator_id"]]
            for sums in (single[year, group, row["period"]], pooled_cells[year, group]):
                sums[0] += float(row["n"])
                sums[1] += float(row["passed"])
        rates = {key: passed / n for key, (n, passed) in pooled_cells.items()}
        inner = {key for key, rate in rates.items() if 0 < rate < 1}
        used = {key: sums for key, sums in single.items() if key[:2] in inner}
        df = len(used) - len(inner)
        chi = sum(
            (passed - n * rates[key[:2]]) ** 2 / (n * rates[key[:2]] * (1 - rates[key[:2]]))
            for key, (n, passed) in used.items()
        )
        dispersion = max(1.0, chi / df) if df else 1.0
        inside = {
            key: rates[key] if key in inner else (passed + 0.5) / (n + 1) for key, (n, passed) in pooled_cells.items()
        }
        variance = {key: dispersion * inside[key] * (1 - inside[key]) / n for key, (n, _passed) in pooled_cells.items()}
        return Fit(rates, inside, variance, dispersion, df)


def interval_of_effective_number(rate: float, items: float, quantile: float) -> list[float]:
    """Return the exact interval in percent for so many items, its ends by inverting the binomial tails."""
    tail, passed = float(stats.norm.sf(quantile)), min(rate, 1.0) * items
    low = float(special.betaincinv(passed, items - passed + 1, tail)) if passed > 0 else 0.0
    high = float(special.betaincinv(passed + 1, items - passed, 1 - tail)) if passed < items else 1.0
    return [100 * low, 100 * high]


def shares_of(cells: Iterable[Row], groups: Mapping[str, str]) -> dict[str, float]:
    """Return the share of each group in all items."""
    items: dict[str, float] = defaultdict(float)
    for row in cells:
        items[groups[row["indicator_id"]]] += float(row["n"])
    total = sum(items.values())
    return {group: n / total for group, n in items.items()}


def mean_of(rows: Sequence[Row]) -> float:
    """Return the mean of parts of a year, each counted by its months."""
    months = [months_of(row["period"]) for row in rows]
    return sum(value_of(row) * count for row, count in zip(rows, months, strict=True)) / sum(months)


def sum_of(rows: Sequence[Row]) -> float:
    return sum(value_of(row) for row in rows)


def months_of(period: str) -> int:
    """Return how many months a period has."""
    start, end = start_of(period), end_of(period)
    return (end.year - start.year) * 12 + end.month - start.month + 1


def comparable(point: Any, after: Any) -> bool:
    """Say whether a figure is an earlier one of the same kind of period and definition."""
    return bool(point.basis == after.basis and point.span == after.span and point.year < after.year)


def ends_of(point: Any) -> tuple[Decimal, Decimal]:
    """Return between what a figure must lie: both ends are the figure itself where it is no bound."""
    value = Decimal(point.value_text)
    return {"at_least": (value, Decimal("inf")), "at_most": (Decimal("-inf"), value)}.get(
        point.qualifier, (value, value)
    )


def is_one_of(cell: str, wanted: str) -> bool:
    return cell in wanted.split(",")


def value_of(row: Row) -> float:
    return float(row["value"])


def passed_of(row: Row) -> float:
    return float(row["passed"]) if row["passed"] else float(row["n"]) * value_of(row) / 100


def pooled(rows: Iterable[Row]) -> float:
    """Return the rate of counts put together; the printed one of a single figure without counts."""
    found = list(rows)
    if len(found) == 1 and "value" in found[0]:
        return value_of(found[0])
    return counted(found)


def counted(found: Sequence[Row]) -> float:
    """Return the rate of counts put together."""
    return 100 * sum(passed_of(row) for row in found) / sum(float(row["n"]) for row in found)


def agree(stated: Sequence[float], found: Sequence[float]) -> bool:
    """Say whether the numbers of a row are those that came out, but for the last of ten digits."""
    return len(stated) == len(found) and all(
        math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE) for one, other in zip(stated, found, strict=True)
    )


def is_reading_printed(of: str, printed: str, value: float) -> bool:
    """Say whether the chance that a reading gives is printed in fives: from 10 to 90, but for a statement."""
    (number,) = numbers_in(printed)
    fives = 5 * math.floor(20 * value + 0.5)
    return number.size == (fives if of == "contradiction" else min(max(fives, 10), 90))


def is_printed(row: Row, found: Sequence[float], scale: Decimal = Decimal(1)) -> bool:
    """Say whether what is printed is the number rounded to the digits that are printed, or to fives."""
    text = row["printed"]
    is_chance = row["operation"].startswith("probability")
    if "by=" in row["operation"] and is_chance:
        return text == f"{5 * round(20 * found[0])}%"
    of = re.match(r"indicative\(of=([\w.]+)", row["operation"])
    if of and of[1] not in ("estimate", "low80", "high80", "low95", "high95") and not of[1].endswith(".estimate"):
        return is_reading_printed(of[1], text, found[0])
    if text[0] in BOUNDS:
        low, high = BOUNDS[text[0]]
        return low <= found[0] <= high
    numbers = numbers_in(text)
    ends = [number for number in found if math.isfinite(number)]
    if len(numbers) == 1 and len(ends) == 2:
        numbers *= 2
    # A unit may end with a number of its own: per 10,000 inhabitants.
    factors = [Decimal(100)] if is_chance else [Decimal(1), scale]
    return len(numbers) >= len(ends) and any(
        all(is_rounded(number, factor * Decimal(end), text) for number, end in zip(numbers, ends, strict=False))
        for factor in factors
    )


def is_rounded(number: Number, value: Decimal, text: str) -> bool:
    """Say whether a number is a value rounded; a sign may stand before the currency, and ranks go up and down."""
    if text[0] == "−" and number.bare[0] != "-":
        value = -value
    if re.search(r"place|位", text):
        value = abs(value)
    return abs(number.size - value) <= number.step / 2 + Decimal("1e-6")


GOAL_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "all": lambda verdict: True,
    "decided": lambda verdict: verdict.state in ("met", "not_met"),
    "with_probability": lambda verdict: verdict.probability is not None,
    "measurable": lambda verdict: verdict.goal.rule != "qualitative",
    "cannot_judge": lambda verdict: verdict.state == "cannot_judge",
    "standing_met": lambda verdict: verdict.state == "met",
    "standing_not_met": lambda verdict: verdict.state == "not_met",
    "standing_no_verdict": lambda verdict: verdict.state == "no_verdict",
    "standing_likely": lambda verdict: verdict.percent is not None and verdict.percent >= 67,
    "standing_uncertain": lambda verdict: verdict.percent is not None and 33 <= verdict.percent < 67,
    "standing_unlikely": lambda verdict: verdict.percent is not None and verdict.percent < 33,
    "standing_cannot_judge": lambda verdict: (
        verdict.percent is None and verdict.state not in ("met", "not_met", "no_verdict")
    ),
    "neither": lambda verdict: verdict.state not in ("met", "not_met") and verdict.probability is None,
    "judged": lambda verdict: verdict.state in ("met", "not_met") or verdict.probability is not None,
    "cannot": lambda verdict: verdict.state in ("cannot_judge", "never_published") and verdict.probability is None,
    "no_verdict": lambda verdict: verdict.state == "no_verdict",
}
COUNTS: Mapping[str, Callable[[Recomputed, Asked], float]] = {
    "fitted_year": Recomputed.fitted_years,
    "forecast_year": Recomputed.forecast_years,
    "case": lambda book, one: len(book.cases(one)),
    "goal": Recomputed.goals,
    "figure": Recomputed.changed_figures,
    "step": lambda book, one: len({start_of(row["period"]).year for row in book.rows(one)}) - 1,
    "series_with_figures": Recomputed.series_with_figures,
    "cited": Recomputed.cited_sources,
    "use": Recomputed.used_as,
    "without_figures": Recomputed.without_figures,
    "row_with_figures": Recomputed.rows_with_figures,
    **dict.fromkeys(("risen", "fallen", "unchanged"), Recomputed.moves),
    "stale": Recomputed.stale,
    "differing_run": Recomputed.differing_runs,
    "release": lambda book, one: len(book.releases(one)),
    "shared_category": Recomputed.shared_categories,
}
OPERATIONS: Mapping[str, Callable[[Recomputed, Asked], float | Sequence[float]]] = {
    "figure": lambda book, one: value_of(*book.rows(one)),
    "count": Recomputed.count,
    "year": lambda book, one: {"first": min, "last": max}[one["end"]](
        start_of(row["period"]).year for row in book.rows(one)
    ),
    "difference": Recomputed.difference,
    "yearly_step": Recomputed.yearly_step,
    "needed_step": Recomputed.needed_step,
    "asked_figure": Recomputed.asked_figure,
    "mean_growth": Recomputed.mean_growth,
    "needed_growth": Recomputed.needed_growth,
    "same_factor": Recomputed.same_factor,
    "sampling_error": Recomputed.sampling_error,
    "usual_step": Recomputed.usual_step,
    "sum": Recomputed.added,
    "mean": Recomputed.mean,
    "pooled_rate": Recomputed.pooled_rate,
    "pooled_difference": Recomputed.pooled_difference,
    "share": Recomputed.share,
    "exact_interval": Recomputed.exact_interval,
    "probability": Recomputed.probability,
    "hidden": Recomputed.hidden,
    "indicative": Recomputed.indicative,
    "interval": Recomputed.interval,
    "quantile": Recomputed.quantile,
    "moved_interval": Recomputed.moved_interval,
    "inside": Recomputed.inside,
    "brier": Recomputed.brier,
    "outer_tenths": Recomputed.outer_tenths,
    "growth_ratio": Recomputed.growth_ratio,
    "months_between": Recomputed.months_between,
    "group_share": Recomputed.group_share,
    "standardised_rate": Recomputed.standardised_rate,
    "standardised_interval": Recomputed.standardised_interval,
    "mix_effect": Recomputed.mix_effect,
    "rate_effect": Recomputed.rate_effect,
    "overdispersion": Recomputed.overdispersion,
    "degrees_of_freedom": Recomputed.degrees_of_freedom,
    "given": Recomputed.given,
}
"""How each operation is done here."""
