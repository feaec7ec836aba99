"""What the evidence says in one language, as a catalog of messages (PO) for a translator, and taken back from it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog as Messages
from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError, read_po, write_po

from qualitybook.errors import EvidenceError
from qualitybook.evidence.editions import copy_tables, forbids, problems_with
from qualitybook.evidence.intake.cells import Fault, IntakeError
from qualitybook.evidence.intake.merge import Intake
from qualitybook.evidence.reading import RawTable, lacking_columns, write_descriptor
from qualitybook.evidence.schema import DESCRIPTOR_NAME, LANGUAGES, Table, languages_of, tables_in
from qualitybook.evidence.store import write_rows

_BETWEEN = " | "
_HEAD = "# What stands in the tables of the evidence: table, key of the row and column, and its text."


@dataclass(frozen=True)
class _Text:
    """A text of a row that a reader of the language needs."""

    table: Table
    line: int
    column: str
    key: str
    source: str
    """The text in the first language that has it."""
    translation: str
    """The text in this language; may be empty."""

    @property
    def context(self) -> str:
        """Where it stands: table, key and column."""
        return _BETWEEN.join([self.table.path, self.key, self.column])


def messages_of(folder: Path, lang: str, *, everything: bool = False) -> tuple[bytes, int]:
    """Return the texts that lack in a language, or all, as a file of messages, and how many they are."""
    made = Messages(locale=lang, header_comment=_HEAD, fuzzy=False)
    for text in _texts(folder, lang):
        if everything or not text.translation:
            about = [text.table.field(text.column).description]
            made.add(text.source, text.translation, context=text.context, auto_comments=about)
    file = BytesIO()
    write_po(file, made, width=0)
    return file.getvalue(), len(made)


def with_messages(folder: Path, file: Path) -> tuple[Intake, int]:
    """Return what a translator's file would do to the evidence, and how many texts it changes; nothing is written.

    Messages that are empty or marked fuzzy say nothing. IntakeError tells of a file of another kind and of a message
    whose text is not there, or no longer; EvidenceError of a translation that breaks a rule.
    """
    messages = _read(file)
    texts = {text.context: text for text in _texts(folder, str(messages.locale))}
    said = [message for message in messages if message.id and message.string and not message.fuzzy]
    if faults := [fault for message in said for fault in _faults(file.name, message, texts.get(message.context or ""))]:
        raise IntakeError(faults)
    new = {texts[str(message.context)]: str(message.string) for message in said}
    changed = {text: translation for text, translation in new.items() if translation != text.translation}
    files = _written(folder, changed)
    # Texts that still lack are wrong before and after.
    before = set(map(str, problems_with(folder, {})))
    after = problems_with(folder, dict(files))
    if wrong := [problem for problem in after if forbids(problem) and str(problem) not in before]:
        raise EvidenceError(wrong)
    return Intake(folder, (), (), files, {path: (folder / path).read_bytes() for path in files}), len(changed)


def _texts(folder: Path, lang: str) -> Iterator[_Text]:
    """Yield the texts of all tables, in their order, that another language has."""
    others = tuple(code for code in languages_of(folder) if code != lang)
    for table, wanted in zip(tables_in(others), tables_in((*others, lang)), strict=True):
        raw = RawTable.read(folder, table)
        if raw.problems:
            raise EvidenceError(raw.problems)
        for line, row in raw.records():
            for name in [field.name for field in table.fields if field.name.endswith(f"_{lang}")]:
                of_others = [row.get(f"{name.removesuffix(lang)}{code}", "") for code in LANGUAGES if code != lang]
                if source := next(filter(None, of_others), ""):
                    key = " ".join(row[part] for part in table.primary_key if row[part])
                    yield _Text(wanted, line, name, key, source, row.get(name, ""))


def _read(file: Path) -> Messages:
    try:
        with file.open("rb") as opened:
            messages = read_po(opened, abort_invalid=True)
    except (PoFileError, ValueError, LookupError) as error:
        found = " ".join(str(error).split()) or type(error).__name__
        raise IntakeError(
            [_fault(file.name, "", found, "a file of messages (PO)", "save it as PO again", "no_po")]
        ) from None
    if str(messages.locale) not in LANGUAGES:
        stated, known = str(messages.locale or ""), ", ".join(LANGUAGES)
        advice = "put the language into the head, as in: Language: en"
        raise IntakeError([_fault(file.name, "Language", stated, f"one of {known}", advice, "unknown_language")])
    return messages


def _faults(name: str, message: Message, text: _Text | None) -> Iterator[Fault]:
    """Yield what is amiss with a message: its text is not in the evidence, or is another one now."""
    advice = "write the file of messages again with 'qualitybook intake words', and move the translation there"
    if text is None:
        yield _fault(name, "", message.context or "", "the place of a text of the evidence", advice, "unknown_text")
    elif text.source != message.id:
        yield _fault(name, text.context, str(message.id), f"what stands there now, {text.source!r}", advice, "old_text")
    elif not (column := text.table.field(text.column)).accepts(str(message.string)):
        yield _fault(name, text.context, str(message.string), column.allowed, "translate it otherwise", "not_allowed")


def _fault(sheet: str, column: str, found: str, allowed: str, advice: str, code: str) -> Fault:
    return Fault(sheet, "", column, found, allowed, advice, code)


def _written(folder: Path, changed: dict[_Text, str]) -> dict[str, bytes]:
    """Return the files of the tables with these texts in their cells."""
    by_table: dict[Table, dict[int, dict[str, str]]] = {}
    for text, translation in changed.items():
        by_table.setdefault(text.table, {}).setdefault(text.line, {})[text.column] = translation
    with tempfile.TemporaryDirectory() as made:
        copy = Path(made)
        copy_tables(folder, copy)
        for table, lines in by_table.items():
            write_rows(copy, table, lines, ())
        paths = [table.path for table in by_table]
        # A column that a file came without is described as well.
        if lacking_columns(copy) != lacking_columns(folder) and (copy / DESCRIPTOR_NAME).is_file():
            paths.append(write_descriptor(copy).name)
        return {path: (copy / path).read_bytes() for path in paths}
