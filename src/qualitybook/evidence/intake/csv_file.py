"""Read a CSV file as spreadsheets write it: UTF-8 with or without a mark, GB18030, or UTF-16 with tabs.

Nearly any bytes can be read as GB18030, so a file that is not UTF-8 is only taken for it where the text that comes out
is Chinese as people write it; else it is refused with the first cell in which it is not.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from qualitybook.evidence.intake.cells import Cell
from qualitybook.evidence.intake.faults import Fault, IntakeError
from qualitybook.evidence.intake.sheets import HEADER_ROWS, MOST_ROWS, Sheet, table_cells

UTF_8, GB18030, UTF_16 = "utf-8-sig", "gb18030", "utf-16"
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SEPARATORS = (",", ";", "\t")

_SAVE_AGAIN = "save it as 'CSV UTF-8' in the spreadsheet"
_READABLE = "UTF-8, or GB18030 as Chinese spreadsheets write it"
_CHINESE_IN_UTF_8 = re.compile(rb"[\xe0-\xef][\x80-\xbf][\x80-\xbf]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_MOSTLY = 0.5
"""Share of the bytes beyond ASCII that must be sound UTF-8 for the rest to be broken UTF-8."""
_USUAL_SHARE = 0.9
"""Share of the characters beyond ASCII that are usual ones in Chinese text; read from another encoding few are."""
_UNUSUAL_NAMES = ("HIRAGANA", "KATAKANA", "HANGUL", "BOX DRAWINGS")


def read_csv(path: Path) -> Sheet:
    """Return the cells of a CSV file, each named as a spreadsheet would.

    Raises
    ------
    IntakeError
        If it is no text in a known encoding, or no CSV.
    """
    data = path.read_bytes()
    encoding = _encoding(path, data)
    rows = _rows(path, data.decode(encoding))
    _refuse_nonsense(path, rows, encoding)
    faults = () if encoding != GB18030 else tuple(_what_was_read(path, rows))
    return Sheet(path.name, rows, faults)


def _encoding(path: Path, data: bytes) -> str:
    for encoding in (UTF_16,) if data.startswith(UTF_16_MARKS) else (UTF_8, GB18030):
        if _is_text(data, encoding):
            if encoding == GB18030 and _is_mostly_utf_8(data):
                raise IntakeError([_broken_utf_8(path, data)])
            return encoding
    if _is_mostly_utf_8(data):
        raise IntakeError([_broken_utf_8(path, data)])
    raise IntakeError([Fault(path.name, "", "", "bytes of no known encoding", _READABLE, _SAVE_AGAIN, "encoding")])


def _is_text(data: bytes, encoding: str) -> bool:
    try:
        return "\x00" not in data.decode(encoding)
    except UnicodeDecodeError:
        return False


def _is_mostly_utf_8(data: bytes) -> bool:
    """Say whether most of the bytes beyond ASCII are the three of a Chinese character in UTF-8."""
    sound = 3 * len(_CHINESE_IN_UTF_8.findall(data))
    return sound > _MOSTLY * len(_NOT_ASCII.findall(data))


def _broken_utf_8(path: Path, data: bytes) -> Fault:
    try:
        data.decode("utf-8")
        start = 0
    except UnicodeDecodeError as error:
        start = error.start
    before = data[:start].decode("utf-8", errors="replace")
    row = list(csv.reader(io.StringIO(before + "?", newline=""), delimiter=_separator(before)))
    cell = list(table_cells(row[-1], len(row)))[-1].name
    found = f"a broken byte of UTF-8, 0x{data[start]:02X}, in row {len(row)}"
    advice = f"{_SAVE_AGAIN}, and look at the text of this cell"
    return Fault(path.name, cell, "", found, "UTF-8", advice, "encoding")


def _rows(path: Path, text: str) -> list[tuple[Cell, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    rows = []
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            if number > MOST_ROWS:
                found, allowed = f"more than {MOST_ROWS} rows", f"at most {MOST_ROWS} rows"
                advice = "take it in by parts, or delete the rows below the last figure"
                raise IntakeError([Fault(path.name, "", "", found, allowed, advice, "too_many_rows")])
            rows.append(tuple(table_cells(row, number)))
    except csv.Error as error:
        advice = "close each opened quote, or save the file again as CSV"
        fault = Fault(path.name, f"A{number + 1}", "", str(error), "a record of RFC 4180", advice, "record_form")
        raise IntakeError([fault]) from None
    return rows


def _refuse_nonsense(path: Path, rows: Sequence[Sequence[Cell]], encoding: str) -> None:
    """Refuse a file whose text was read from another encoding, naming the first cell in which that shows."""
    texts = [(cell, str(cell.value)) for row in rows for cell in row if cell.value]
    if encoding == GB18030:
        signs = [sign for _, text in texts for sign in text if not sign.isascii()]
        is_chinese = sum(map(_is_usual, signs)) >= _USUAL_SHARE * len(signs)
        _refuse(path, texts, lambda sign: _is_impossible(sign) or _is_foreign(sign))
        if not is_chinese:
            _refuse(path, texts, lambda sign: not sign.isascii() and not _is_usual(sign))
    else:
        _refuse(path, texts, _is_impossible)


def _refuse(path: Path, texts: Sequence[tuple[Cell, str]], is_wrong: Callable[[str], bool]) -> None:
    for cell, text in texts:
        if any(map(is_wrong, text)):
            fault = Fault(path.name, cell.name, "", text, f"text in {_READABLE}", _SAVE_AGAIN, "encoding")
            raise IntakeError([fault])


def _is_impossible(sign: str) -> bool:
    """Say whether a character has no meaning of its own: private use, unassigned, or the mark of a lost one."""
    return unicodedata.category(sign) in ("Co", "Cn", "Cs") or sign == "\ufffd"


def _is_foreign(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith(_UNUSUAL_NAMES)


def _is_usual(sign: str) -> bool:
    """Say whether a character is in the set of those that Chinese texts are usually written with."""
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return sign in "—…·～€"
    return True


def _what_was_read(path: Path, rows: Sequence[Sequence[Cell]]) -> Iterator[Fault]:
    """Show a text as it was read, so that a person sees whether it is right."""
    for row in rows:
        for cell in row:
            if cell.value and not str(cell.value).isascii():
                advice = f"look whether this text is right; if it is not, {_SAVE_AGAIN}"
                allowed = "UTF-8; the file was read as GB18030"
                yield Fault(path.name, cell.name, "", str(cell.value), allowed, advice, "read_as_gb18030", "warning")
                return


def _separator(text: str) -> str:
    """Return the separator that occurs most in the first lines; some spreadsheets write semicolons."""
    head = "\n".join(text.splitlines()[:HEADER_ROWS])
    return max(SEPARATORS, key=head.count)
