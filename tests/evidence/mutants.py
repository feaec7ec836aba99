"""Evidence with one mistake in one file, as hands, editors and spreadsheets make them; and what must come of it.

Every mutant is made from a seed and its number alone, so that a failure can be looked at again.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from click.testing import CliRunner
from synthetic import PATHS

from qualitybook.cli import main
from qualitybook.errors import QualitybookError
from qualitybook.evidence import Catalog, load
from qualitybook.evidence.reading import RawTable
from qualitybook.evidence.schema import SETTINGS_NAME, TABLES
from qualitybook.publish.compile import rehearse
from qualitybook.publish.layout import CONFIG, CONTENTS, Project, check_pages, check_settings

FULL_WIDTH = str.maketrans("0123456789.-", "０１２３４５６７８９．－")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
STRANGE_CELLS = (
    *("", " ", "0", "-0", "-1", "1", "00", "1.", ".5", "+1", "1e9", "1E400", "1_000", "1,000", "98,5", "98.5%"),
    *("NaN", "nan", "inf", "-inf", "None", "NULL", "N/A", "#N/A", "#REF!", "TRUE", "=1+1", "²", "½", "－"),
    *("9" * 15, "9" * 16, "9" * 400, "0." + "1" * 14, "123456789012.345678", "1e-400", "0x10", "1.0.0"),
    *("45291", "2024/1/31", "31.01.2024", "Jan-24", "1-Feb", "2024-02-30", "2024-13", "2024-Q5", "20240131"),
    *("2024", "2024-H1", "2024-Q3", "2023-12/2024-01", "2024-09/2024-01", "1899", "2100", "9999-12-31", "1900-01-01"),
    *("exact", "undated", "derived", "A", "rising", "qualitative", "direct", "current", "rank", "index", "percent"),
    *("https://example.org", "https://", "javascript:alert(1)", "sample_city", "../../etc", "a,b", '"', '""', "'"),
    *("第一行\n第二行", "甲\r\n乙", "a\tb", "a\x00b", "a\x1bb", "\ufeff1", "1\u200b", "\u00a01", "1\u3000", "\u202e1"),
    *("é", "e\u0301", "\U0001f600", "\U00020bb7", "\ufffd", "字" * 5000, "x" * 200_000),
)
STRANGE_SETTINGS = (
    *("null", "[]", "{}", "0", "-1", "1e999", "true", '""', '" "', "[null]", "[1, [2]]", "{a: {b: 1}}", "2024-01-31"),
    *(
        '"../../etc"',
        '"a\\u0000b"',
        '"\\u202e1"',
        '"𠮷"',
        '"字"',
        "'{{ 1 }}'",
        '"<b>&amp;"',
        "&a [*a]",
        "!!python/name:os",
        "x: y: z",
    ),
)
SPREADSHEET_ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "gb18030", "big5hkscs", "cp1252", "utf-32")

FILES: Mapping[str, str] = {**PATHS, "book": SETTINGS_NAME, "config": f"../{CONFIG}", "contents": f"../{CONTENTS}"}
"""Every file that is spoilt, from the folder of the evidence, which lies in a project."""
SETTINGS = ("book", "config", "contents")

Rows = list[list[str]]


@dataclass(frozen=True)
class Mutant:
    """What was done to which file, and the file's new bytes."""

    table: str
    deed: str
    data: bytes


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: whether it was accepted, and what is wrong with how it was received."""

    accepted: bool
    faults: tuple[str, ...] = ()


def make_mutant(folder: Path, seed: int, number: int) -> Mutant:
    """Return one mutant of the evidence in a folder and of the settings around it, which stay as they are."""
    random = Random(f"{seed}/{number}")
    table = random.choice(sorted(name for name, path in FILES.items() if (folder / path).is_file()))
    usual = (folder / FILES[table]).read_bytes()
    kinds = _KINDS_OF_SETTINGS if table in SETTINGS else _KINDS
    kind = random.choices(list(kinds), weights=[weight for weight, _ in kinds.values()])[0]
    deed, data = kinds[kind][1](random, usual)
    return Mutant(table, f"{kind}: {deed}", data)


# Cells, rows and headers


def _cell(random: Random, usual: bytes) -> tuple[str, bytes]:
    rows = _rows(usual)
    record = random.randrange(1, len(rows))
    column = random.randrange(len(rows[0]))
    before = rows[record][column]
    others = [row[column] for row in rows[1:]]
    changes: list[Callable[[], str]] = [
        lambda: random.choice(STRANGE_CELLS),
        lambda: random.choice(others),
        lambda: random.choice(rows[record]),
        lambda: before.translate(FULL_WIDTH),
        lambda: before.translate(ARABIC),
        lambda: random.choice([f" {before}", f"{before} ", f"{before}\n", f"'{before}", f"{before}.", before.upper()]),
        lambda: before[: random.randrange(len(before) + 1)],
        lambda: before + random.choice(["0", "00", "1", "5", "x", "，"]),
        lambda: "".join(chr(random.randrange(1, 0xD7FF)) for _ in range(random.randrange(1, 6))),
    ]
    rows[record][column] = random.choices(changes, weights=[8, 3, 1, 1, 1, 2, 1, 2, 1])[0]()
    return f"record {record}, {rows[0][column]}: {before!r} -> {rows[record][column][:60]!r}", _written(rows)


def _row(random: Random, usual: bytes) -> tuple[str, bytes]:
    rows = _rows(usual)
    record = random.randrange(1, len(rows))
    deeds: Mapping[str, Callable[[], object]] = {
        "doubled": lambda: rows.insert(record, list(rows[record])),
        "doubled at the end": lambda: rows.append(list(rows[record])),
        "removed": lambda: rows.pop(record),
        "one cell short": lambda: rows[record].pop(random.randrange(len(rows[record]))),
        "one cell more": lambda: rows[record].insert(random.randrange(len(rows[record]) + 1), ""),
        "two cells exchanged": lambda: rows[record].append(rows[record].pop(0)),
        "all empty": lambda: rows.insert(record, [""] * len(rows[0])),
        "an empty line": lambda: rows.insert(record, []),
        "the header again": lambda: rows.insert(record, list(rows[0])),
        "in another order": lambda: random.shuffle(body) or rows.__setitem__(slice(1, None), body),
    }
    body = rows[1:]
    deed = random.choice(list(deeds))
    deeds[deed]()
    return f"record {record} {deed}", _written(rows)


def _header(random: Random, usual: bytes) -> tuple[str, bytes]:
    rows = _rows(usual)
    column = random.randrange(len(rows[0]))
    name = rows[0][column]

    def exchange() -> None:
        other = random.randrange(len(rows[0]))
        for row in rows:
            row[column], row[other] = row[other], row[column]

    deeds: Mapping[str, Callable[[], object]] = {
        "removed with its cells": lambda: [row.pop(column) for row in rows],
        "removed": lambda: rows[0].pop(column),
        "doubled with its cells": lambda: [row.insert(column, row[column]) for row in rows],
        "renamed": lambda: rows[0].__setitem__(column, random.choice([name.upper(), f" {name}", f"{name}s", "", "值"])),
        "named like its neighbour": lambda: rows[0].__setitem__(column, rows[0][column - 1]),
        "exchanged with another": exchange,
        "a new one": lambda: [row.append("x") for row in rows],
        "no header at all": lambda: rows.pop(0),
        "an empty line before": lambda: rows.insert(0, []),
    }
    deed = random.choice(list(deeds))
    deeds[deed]()
    return f"{name} {deed}", _written(rows)


# Lines of settings


def _line(random: Random, usual: bytes) -> tuple[str, bytes]:
    lines = usual.decode("utf-8").splitlines()
    place = random.choice([place for place, line in enumerate(lines) if line.strip() and not line.startswith("#")])
    before = lines[place]
    name, mark, _ = before.partition("=" if " = " in before else ":")
    value = before.removeprefix(name + mark)
    deeds: Mapping[str, Callable[[], object]] = {
        "another value": lambda: lines.__setitem__(place, f"{name}{mark} {random.choice(STRANGE_SETTINGS)}"),
        "without value": lambda: lines.__setitem__(place, name + mark),
        "with a text": lambda: lines.__setitem__(place, f'{name}{mark} "{random.choice(STRANGE_CELLS)[:200]}"'),
        "removed": lambda: lines.pop(place),
        "doubled": lambda: lines.insert(place, before),
        "moved": lambda: lines.insert(random.randrange(len(lines)), lines.pop(place)),
        "deeper": lambda: lines.__setitem__(place, f"  {before}"),
        "less deep": lambda: lines.__setitem__(place, before.removeprefix("  ")),
        "another name": lambda: lines.__setitem__(place, f"{name.rstrip()}s{mark}{value}"),
        "cut": lambda: lines.__setitem__(place, before[: random.randrange(len(before))]),
        "all below it gone": lambda: lines.__delitem__(slice(place, None)),
    }
    deed = random.choice(list(deeds))
    deeds[deed]()
    after = lines[place] if place < len(lines) else ""
    return f"line {place + 1} {deed}: {before!r} -> {after[:60]!r}", ("\n".join(lines) + "\n").encode("utf-8")


# Bytes


def _encoding(random: Random, usual: bytes) -> tuple[str, bytes]:
    text = usual.decode("utf-8")
    encoding = random.choice(SPREADSHEET_ENCODINGS)
    deeds: Mapping[str, Callable[[], bytes]] = {
        f"as {encoding}": lambda: text.encode(encoding, errors="replace"),
        "CRLF": lambda: usual.replace(b"\n", b"\r\n"),
        "CR": lambda: usual.replace(b"\n", b"\r"),
        "one CR": lambda: _inserted(random, usual, b"\r"),
        "NUL": lambda: _inserted(random, usual, b"\x00"),
        "invalid UTF-8": lambda: _inserted(
            random, usual, random.choice([b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe4"])
        ),
        "semicolons": lambda: usual.replace(b",", b";"),
        "tabs": lambda: usual.replace(b",", b"\t"),
        "every cell quoted": lambda: _written(_rows(usual), csv.QUOTE_ALL),
        "a quote": lambda: _inserted(random, usual, b'"'),
        "decomposed": lambda: text.replace("、", "\u3001\u0301").encode(),
        "a random byte": lambda: _inserted(random, usual, bytes([random.randrange(256)])),
        "a byte lost": lambda: _without_byte(random, usual),
    }
    deed = random.choice(list(deeds))
    return deed, deeds[deed]()


def _file(random: Random, usual: bytes) -> tuple[str, bytes]:
    place = random.randrange(len(usual))
    deeds: Mapping[str, Callable[[], bytes]] = {
        f"cut at byte {place}": lambda: usual[:place],
        "empty": lambda: b"",
        "header only": lambda: usual.partition(b"\n")[0] + b"\n",
        "without its last line end": lambda: usual.rstrip(b"\n"),
        "written twice": lambda: usual * 2,
        "an empty line at the end": lambda: usual + b"\n",
        "zeros at the end": lambda: usual + b"\x00" * 512,
        "a page of HTML": lambda: b"<!DOCTYPE html>\n<html><body>404, not found</body></html>\n",
        "a conflict of merges": lambda: b"<<<<<<< ours\n" + usual + b"=======\n>>>>>>> theirs\n",
        "a workbook": lambda: b"PK\x03\x04\x14\x00\x06\x00" + bytes(random.randrange(256) for _ in range(200)),
    }
    deed = random.choice(list(deeds))
    return deed, deeds[deed]()


_Deed = Callable[[Random, bytes], tuple[str, bytes]]
_KINDS: Mapping[str, tuple[int, _Deed]] = {
    "cell": (12, _cell),
    "row": (3, _row),
    "header": (2, _header),
    "encoding": (3, _encoding),
    "file": (2, _file),
}
_KINDS_OF_SETTINGS: Mapping[str, tuple[int, _Deed]] = {
    "line": (12, _line),
    "encoding": (1, _encoding),
    "file": (1, _file),
}


def _rows(data: bytes) -> Rows:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))


def _written(rows: Rows, quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n", quoting=quoting).writerows(rows)
    return file.getvalue().encode("utf-8")


def _inserted(random: Random, data: bytes, new: bytes) -> bytes:
    place = random.randrange(len(data) + 1)
    return data[:place] + new + data[place:]


def _without_byte(random: Random, data: bytes) -> bytes:
    place = random.randrange(len(data))
    return data[:place] + data[place + 1 :]


# What must come of it


def fate_of(mutant: Mutant, folder: Path) -> Fate:
    """Put a mutant into a folder of evidence, run `check` and `assess`, and put the usual file back."""
    with spoilt(mutant, folder):
        return _settings_received(folder) if mutant.table in ("config", "contents") else _received(folder)


@contextmanager
def spoilt(mutant: Mutant, folder: Path) -> Iterator[None]:
    """Have a mutant in a folder of evidence for a while."""
    path = folder / FILES[mutant.table]
    usual = path.read_bytes()
    try:
        path.write_bytes(mutant.data)
        yield
    finally:
        path.write_bytes(usual)


@contextmanager
def tables_checked_once() -> Iterator[None]:
    """Check the cells of each table once, however often it comes: a mutant leaves all tables but one as they were."""
    refused = RawTable.refused
    known: dict[tuple[str, str], dict[str, set[int]]] = {}

    def remembered(raw: RawTable) -> dict[str, set[int]]:
        key = raw.table.name, repr(raw.cells)
        if key not in known:
            known[key] = refused.func(raw)
        return known[key]

    RawTable.refused = property(remembered)
    try:
        yield
    finally:
        RawTable.refused = refused


def copied(evidence: Path, folder: Path) -> Path:
    """Return a copy of a folder of evidence that may be spoilt."""
    return Path(shutil.copytree(evidence, folder))


def _settings_received(folder: Path) -> Fate:
    """Check the settings and contents of the project around a folder as each build does before it begins."""
    try:
        check_settings(folder.parent / CONFIG, folder.parent / CONTENTS)
        check_pages(Project(folder.parent), folder)
        rehearse(folder.parent / CONFIG, folder.parent / "_build")
    except QualitybookError as error:
        named = CONFIG in str(error) or CONTENTS in str(error)
        return Fate(accepted=False, faults=() if named else (f"without its file: {error}",))
    except Exception as error:
        return Fate(accepted=False, faults=(f"{error!r}",))
    return Fate(accepted=True)


def _received(folder: Path) -> Fate:
    output, faults = _run(folder, "check")
    problems = json.loads(output)["problems"] if not faults else []
    errors = [problem for problem in problems if problem["level"] == "error"]
    faults += [f"without file and row: {problem['message']}" for problem in problems if not _is_placed(folder, problem)]
    if not faults and not errors:
        faults += _differences(load(folder), folder)
        faults += _run(folder, "assess")[1]
    return Fate(not errors, tuple(faults))


def _run(folder: Path, command: str) -> tuple[str, list[str]]:
    """Run a command and return what it printed, and whether it ended otherwise than by its own word."""
    result = CliRunner().invoke(main, [command, "--data", str(folder), "--format", "json"])
    own_word = result.exception is None or (isinstance(result.exception, SystemExit) and command == "check")
    return result.stdout, [] if own_word else [f"{command}: {result.exception!r} {result.output[-300:]}"]


def _is_placed(folder: Path, problem: Mapping[str, object]) -> bool:
    """Return whether a problem names a file and one of its lines."""
    if problem["file"] not in FILES.values() or not isinstance(problem["row"], int):
        return False
    lines = (folder / str(problem["file"])).read_bytes().count(b"\n") + 1
    return 1 <= problem["row"] <= lines


def _differences(catalog: Catalog, folder: Path) -> list[str]:
    """Hold each cell of the catalog against what another reader finds in the file."""
    found = []
    for table in TABLES:
        frame = getattr(catalog, table.name)
        path = folder / table.path
        data = path.read_bytes() if path.exists() or table.required else b""
        rows = [{name: cell.replace("\r\n", "\n") for name, cell in row.items()} for row in _another_reader(data)]
        if len(frame) != len(rows):
            found.append(f"{table.path}: {len(frame)} rows read of {len(rows)}")
            continue
        for field in table.fields:
            for cell, row in zip(frame[field.name], rows, strict=True):
                if not _is_as_written(cell, row.get(field.name, ""), field.type):
                    found.append(f"{table.path} [{field.name}]: read {cell!r} for {row.get(field.name)!r}")
    return found


def _another_reader(data: bytes) -> list[dict[str, str]]:
    """Read a table as spreadsheets save it: with a mark, semicolons or tabs, and empty rows at its end."""
    text = data.decode("utf-8-sig")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))
    while rows and not any(rows[-1].values()):
        rows.pop()
    return rows


def _is_as_written(cell: object, text: str, kind: str) -> bool:
    if kind == "date":
        return f"{cell:%Y-%m-%d}" == text if text else cell != cell
    if kind not in ("number", "count", "year", "flag"):
        return cell == text
    return cell == float(text) if text else cell != cell
