"""Try indicative readings on public panels with the truth hidden, beside naive answers, and state the goals held.

    python benchmarks/indicative_accuracy.py [SERIES] [--cases N] [--refitted]

A place and a year are drawn, its figure hidden, and the reading made from what the situation leaves: S1 nothing of the
place and 0, 4 or 8 others, S2 one value of the place without a year (five years possible), S3 a statement "x or more",
the figure rounded down, S4 a value two to four years old, S5 another measure of the place, its offset taken from three
others. The larger place is known up to the year or one or two before it, and then goes on as a walk. Goals lie up to
1.5 spreads from the larger place's value, or one spread from the place's own. By default the constants that ship are
used; with --refitted those of ``calibrate_gaps.py`` without the family that is tried.

Naive answers: always one half (Brier .250); the larger place's last value for the place's (.9 or .1); and, where
the place has a value, that value. Exit code 0 if all goals are held, else 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from calibrate_gaps import SCALES, fitted, of_scale, without
from gap_panels import PROXIES, GapPanel, read_panels

from qualitybook.analysis.gap_model import GapPrior, OwnBound, OwnValue, PeerGap, gap_prior, predict
from qualitybook.analysis.indicative import LEAST_PEERS

SEED = 20251122
CASES = 200
LEVELS = (0.025, 0.1, 0.9, 0.975)
SURE = 0.9
OFFSET_SD = 0.4


@dataclass(frozen=True)
class Situation:
    """What is known of the place."""

    name: str
    peers: int
    evidence: str = ""
    only_rates: bool = False
    is_goal: bool = True
    """Whether goals are stated of it; the gates let nothing be printed of a place with neither peers nor a value."""


SITUATIONS = (
    Situation("S1 nothing, 0 others", 0, is_goal=False),
    Situation("S1 nothing, 4 others", 4),
    Situation("S1 nothing, 8 others", 8),
    Situation("S2 a value without a year, 3 others", 3, "undated"),
    Situation("S3 x or more, 3 others", 3, "statement", only_rates=True),
    Situation("S4 a value 2-4 years old, 0 others", 0, "old", is_goal=False),
    Situation("S4 a value 2-4 years old, 3 others", 3, "old", is_goal=False),
    Situation("S5 another measure, 3 others", 3, "proxy", only_rates=True, is_goal=False),
)


@dataclass(frozen=True)
class Case:
    """One hidden figure: whether the bands held it, and the probabilities given to a goal by us and naively."""

    family: str
    inside80: bool
    inside95: bool
    chance: float
    parent: float
    own: float
    reached: bool


@dataclass
class Draw:
    """A hidden figure and what may be told of it."""

    panel: GapPanel
    place: int
    at: int
    lag: int
    random: np.random.Generator

    @property
    def year(self) -> int:
        """The year asked for."""
        return int(self.panel.years[self.at])

    def parent(self, year: int) -> tuple[float, float]:
        """Return what is known of the larger place: its value, or its last one gone on as a walk."""
        at = int(np.searchsorted(self.panel.years, year))
        last = self.at - self.lag
        if at <= last:
            return float(self.panel.z_parent[at]), 0.0
        steps = np.diff(self.panel.z_parent[: last + 1]) / np.sqrt(np.diff(self.panel.years[: last + 1]))
        return float(self.panel.z_parent[last]), float(np.mean(np.square(steps))) * (year - self.panel.years[last])

    def others(self, count: int) -> list[int]:
        """Return some other places, in random order."""
        rest = [place for place in self.random.permutation(len(self.panel.z)) if place != self.place]
        return [place for place in rest if np.isfinite(self.panel.gaps[place, : self.at]).any()][:count]

    def peers(self, count: int) -> list[PeerGap]:
        """Return the gap of others in one year each, at most five years back."""
        found = []
        for place in self.others(count):
            years = [at for at in range(max(self.at - 5, 0), self.at) if np.isfinite(self.panel.gaps[place, at])]
            if years:
                at = int(self.random.choice(years))
                found.append(PeerGap(str(place), int(self.panel.years[at]), float(self.panel.gaps[place, at])))
        return found

    def earlier(self, least: int, most: int) -> int | None:
        """Return the column of a known figure of the place so many years back, None without one."""
        ages = self.panel.years[self.at] - self.panel.years[: self.at]
        known = np.isfinite(self.panel.z[self.place, : self.at]) & (ages >= least) & (ages <= most)
        return int(self.random.choice(np.flatnonzero(known))) if known.any() else None


def main() -> None:
    """Print each situation by family, and the goals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("series", nargs="?", type=Path, help="folder with wuenic_legacy_yearly.csv")
    parser.add_argument("--cases", type=int, default=CASES, help="hidden figures a family")
    parser.add_argument("--refitted", action="store_true", help="constants of a refit without the family")
    arguments = parser.parse_args()
    families = read_panels(arguments.series)
    results: dict[tuple[str, str], list[Case]] = {}
    for scale in SCALES:
        named = of_scale(families, scale)
        priors = {name: fitted(without(named, name)) if arguments.refitted else gap_prior(scale) for name in named}
        for situation in SITUATIONS:
            if scale == "log" and situation.only_rates:
                continue
            cases = [
                case
                for name, panels in named.items()
                for case in tried(name, panels, situation, priors[name], arguments.cases)
            ]
            results[scale, situation.name] = cases
            _print_situation(scale, situation, cases)
    sys.exit(0 if _goals(results) else 1)


def tried(family: str, panels: Sequence[GapPanel], situation: Situation, prior: GapPrior, count: int) -> list[Case]:
    """Return hidden figures of a family, read in a situation; none where it has no such evidence."""
    if situation.evidence == "proxy" and family not in PROXIES:
        return []
    random = np.random.default_rng([SEED, *situation.name.encode(), *family.encode()])
    found: list[Case] = []
    for _ in range(20 * count):
        if len(found) == count:
            break
        asked = _asked(family, panels, situation, random)
        case = None if asked is None else _case(family, panels, asked, situation, prior)
        if case is not None:
            found.append(case)
    return found


def _asked(family: str, panels: Sequence[GapPanel], situation: Situation, random: np.random.Generator) -> Draw | None:
    if situation.evidence == "proxy":
        panel = next((each for each in panels if each.measure == PROXIES[family][0]), None)
    else:
        panel = panels[int(random.integers(len(panels)))]
    if panel is None:
        return None
    at, lag = int(random.integers(3, panel.years.size)), int(random.integers(0, 3))
    place = int(random.integers(len(panel.z)))
    lag = min(lag, at - 2)
    return Draw(panel, place, at, lag, random) if np.isfinite(panel.z[place, at]) else None


def _case(family: str, panels: Sequence[GapPanel], draw: Draw, situation: Situation, prior: GapPrior) -> Case | None:
    peers = draw.peers(situation.peers)
    evidence = EVIDENCE[situation.evidence](family, panels, draw)
    if evidence is None or len(peers) < situation.peers:
        return None
    values, bound, own = evidence
    made = predict(draw.year, draw.parent, prior, peers, values, bound)
    truth, middle = float(draw.panel.z[draw.place, draw.at]), draw.parent(draw.year)[0]
    spread = float(np.nanstd(draw.panel.gaps))
    reach = 1.5 if own is None or situation.evidence == "proxy" else 1.0
    goal = (middle if own is None or situation.evidence == "proxy" else own) + spread * draw.random.uniform(
        -reach, reach
    )
    low95, low80, high80, high95 = made.quantiles(LEVELS)
    return Case(
        family,
        inside80=bool(low80 <= truth <= high80),
        inside95=bool(low95 <= truth <= high95),
        chance=1 - made.below(goal),
        parent=SURE if middle >= goal else 1 - SURE,
        own=0.5 if own is None else SURE if own >= goal else 1 - SURE,
        reached=truth >= goal,
    )


_Evidence = tuple[list[OwnValue], OwnBound | None, float | None]


def _nothing(_family: str, _panels: Sequence[GapPanel], _draw: Draw) -> _Evidence | None:
    return [], None, None


def _old(_family: str, _panels: Sequence[GapPanel], draw: Draw) -> _Evidence | None:
    at = draw.earlier(2, 4)
    if at is None:
        return None
    z = float(draw.panel.z[draw.place, at])
    return [OwnValue(z, ((int(draw.panel.years[at]), 1.0),))], None, z


def _undated(_family: str, _panels: Sequence[GapPanel], draw: Draw) -> _Evidence | None:
    at = draw.earlier(1, 8)
    if at is None:
        return None
    z, year = float(draw.panel.z[draw.place, at]), int(draw.panel.years[at])
    first = max(year - int(draw.random.integers(0, 5)), int(draw.panel.years[0]))
    years = [each for each in range(first, first + 5) if each < draw.year]
    return [OwnValue(z, tuple((each, 1 / len(years)) for each in years))], None, z


def _statement(_family: str, _panels: Sequence[GapPanel], draw: Draw) -> _Evidence | None:
    at = draw.earlier(1, 3)
    if at is None:
        return None
    low = float(np.floor(draw.panel.values.to_numpy(dtype=float)[draw.place, at]))
    ends = draw.panel.transform.forward([low, min(low + 1, 100.0)])
    return [], OwnBound(float(ends[0]), float(ends[1]), int(draw.panel.years[at])), float(ends[0])


def _proxy(family: str, panels: Sequence[GapPanel], draw: Draw) -> _Evidence | None:
    """Take the offset from three other places, shrunk as in the evidence's own offsets."""
    other = next((each for each in panels if each.measure == PROXIES[family][1]), None)
    if other is None or draw.year not in other.values.columns:
        return None
    proxy = other.values[draw.year].reindex(draw.panel.values.index).to_numpy(dtype=float)
    errors = other.transform.forward(proxy) - draw.panel.z[:, draw.at]
    known = [errors[place] for place in draw.others(len(errors)) if np.isfinite(errors[place])][:3]
    if not np.isfinite(proxy[draw.place]) or len(known) < 3:
        return None
    offset = sum(known) / (len(known) + 0.3)
    squares = float(np.sum(np.square(np.array(known) - offset)))
    variance = (3 * OFFSET_SD**2 + squares) / (len(known) + 1) * (1 + 1 / (len(known) + 0.3))
    z = float(other.transform.forward([proxy[draw.place]])[0])
    return [OwnValue(z - offset, ((draw.year, 1.0),), variance)], None, z


EVIDENCE: dict[str, Callable[[str, Sequence[GapPanel], Draw], _Evidence | None]] = {
    "": _nothing,
    "old": _old,
    "undated": _undated,
    "statement": _statement,
    "proxy": _proxy,
}


def percent(flags: Sequence[bool]) -> float:
    """Return the share of flags that are set, in percent."""
    return 100 * float(np.mean(flags))


def brier(cases: Sequence[Case], name: str) -> float:
    """Return the mean squared error of one of the probabilities."""
    return float(np.mean([(getattr(case, name) - case.reached) ** 2 for case in cases]))


def _by_family(cases: Sequence[Case]) -> Iterator[tuple[str, list[Case]]]:
    for family in dict.fromkeys(case.family for case in cases):
        yield family, [case for case in cases if case.family == family]


def _print_situation(scale: str, situation: Situation, cases: Sequence[Case]) -> None:
    print(f"{scale}, {situation.name}: {len(cases)} cases")
    for name, part in [*_by_family(cases), ("all", list(cases))]:
        if part:
            print(
                f"  {name:16s} 80 %: {percent([c.inside80 for c in part]):5.1f}  95 %: "
                f"{percent([c.inside95 for c in part]):5.1f}  Brier {brier(part, 'chance'):.3f}  place above "
                f"{brier(part, 'parent'):.3f}  own value {brier(part, 'own'):.3f}"
            )


def _goals(results: dict[tuple[str, str], list[Case]]) -> bool:
    """Print the goals by situation, rates and levels together, and return whether all are held."""
    held = []
    for situation in SITUATIONS:
        cases = [case for (_, name), part in results.items() if name == situation.name for case in part]
        if not situation.is_goal or not cases:
            continue
        where = situation.name
        held.append(_goal(f"{where}: 80 % bands", percent([case.inside80 for case in cases]), 78, 88))
        held.append(_goal(f"{where}: 95 % bands", percent([case.inside95 for case in cases]), 90, 99.5))
        held.append(_goal(f"{where}: Brier", brier(cases, "chance"), 0, 0.20))
        if situation.peers >= LEAST_PEERS:
            shares = {family: percent([case.inside80 for case in part]) for family, part in _by_family(cases)}
            held += [_goal(f"{where}: 80 % bands, {family}", share, 68, 95) for family, share in shares.items()]
        for low, high in ((0.1, 0.3), (0.7, 0.9)):
            said = [case for case in cases if low <= case.chance < high]
            off = percent([case.reached for case in said]) - 100 * float(np.mean([case.chance for case in said]))
            held.append(_goal(f"{where}: happened less printed, {low:.0%}-{high:.0%}", off, -8, 8))
    print(f"{sum(held)} of {len(held)} goals held; S1 without others, S4 and S5 are reported without goals")
    return all(held)


def _goal(name: str, value: float, low: float, high: float) -> bool:
    is_held = low <= value <= high
    print(f"{'held  ' if is_held else 'missed'} {name}: {value:.3g} ({low} to {high})")
    return is_held


if __name__ == "__main__":
    main()
