"""``qualitybook review``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualitybook.cli.shared import (
    Place,
    Span,
    chosen_edition,
    chosen_languages,
    data_option,
    errors_told,
    failed,
    load_book,
    load_catalog,
    plural,
    refuse_unfit_file,
    with_options,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qualitybook.analysis.review import Answer, Review
    from qualitybook.evidence import Catalog
    from qualitybook.evidence.intake.remarks import Remark
    from qualitybook.report.review import Statement

_NOT_BUILT = (
    "the book {book} has not been built, so the list lacks what its pages say; "
    "'qualitybook build --edition {edition} --lang {lang}' builds it"
)


@click.command()
@click.argument("edition")
@click.option("--lang", help="Languages, separated by commas; default: all of the book.")
@click.option("--output", type=Place(file_okay=False, path_type=Path), default=Path("_review"), show_default=True)
@click.option(
    "--check-addresses", is_flag=True, help="Ask each source's address whether it answers (uses the network)."
)
@click.option("--timeout", type=Span(min=0.1), default=10.0, show_default=True, help="Seconds for an answer.")
@click.option("--pause", type=Span(min=0), default=2.0, show_default=True, help="Seconds between two requests.")
@click.option(
    "--build-dir",
    type=Place(file_okay=False, path_type=Path),
    help="Where `build` has built the edition; default: where it builds.",
)
@click.option(
    "--from",
    "documents",
    type=Place(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="List the comments and tracked changes of a document that 'build --docx' made; may come several times.",
)
@data_option
def review(
    edition: str,
    lang: str | None,
    output: Path,
    check_addresses: bool,
    timeout: float,
    pause: float,
    build_dir: Path | None,
    documents: tuple[Path, ...],
    data: Path,
) -> None:
    """Write a checklist for reviewers of an edition, as Markdown and as a workbook.

    It has each figure, what a verdict leans on first, each computed claim with its figures, and, of a book that has
    been built, everything that its pages say with numbers. Reviewers fill in who, when and the result in the workbook;
    'qualitybook intake import' takes it back, and the marks appear on the evidence page. What readers wrote into
    documents for Word is a list of its own, with page, headings and paragraph.
    """
    from qualitybook.analysis.review import Review
    from qualitybook.report.review import Checklist
    from qualitybook.report.voice import Voice
    from qualitybook.report.workbook import review_workbook

    remarks = _remarks(documents)
    catalog = load_catalog(data)
    langs = chosen_languages(lang, data)
    made = Review.of(catalog, chosen_edition(catalog, edition, "EDITION"))
    answers = _answers(made, timeout, pause) if check_addresses else {}
    built = build_dir or _build_folder(data)
    files: dict[str, bytes] = {}
    for code in langs:
        said = _said_in(built / edition / code / "source", catalog)
        if not said:
            note = _NOT_BUILT.format(book=f"{edition}/{code}", edition=edition, lang=code)
            click.echo(with_options(f"note: {note}"), err=True)
        checklist = Checklist(Voice(code, catalog), made, answers, said, remarks)
        files[f"review-{edition}-{code}.md"] = checklist.markdown().encode("utf-8")
        files[f"review-{edition}-{code}.xlsx"] = review_workbook(checklist)
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (output / name).write_bytes(content)
    except OSError as error:
        raise failed([f"{output} could not be written: {error.strerror}; choose another --output."]) from None
    for name in files:
        click.echo(str(output / name))
    without = {item.row["source_id"] for item in made.items if "no_address" in item.weaknesses}
    click.echo(f"{plural(len(made.items), 'figure')} to check; {plural(len(without), 'source')} without an address.")
    for name, found in remarks.items():
        click.echo(f"{plural(len(found), 'remark')} in {name}.")


def _remarks(documents: Sequence[Path]) -> dict[str, list[Remark]]:
    """Return what readers wrote into documents, or end the command at the first that cannot be read."""
    from qualitybook.evidence.intake.remarks import remarks_in

    for path in documents:
        refuse_unfit_file(path, "--from")
    with errors_told("{}."):
        return {path.name: remarks_in(path) for path in documents}


def _build_folder(data: Path) -> Path:
    """Return where the folder's book is built by default; a folder without settings has none, which is no mistake."""
    from qualitybook.evidence.schema import SETTINGS_NAME
    from qualitybook.publish.layout import Project

    project = Project(Path())
    has_own_name = not project.is_own(data) and (data / SETTINGS_NAME).is_file()
    return project.build_folder(data, load_book(data).name if has_own_name else "")


def _said_in(source: Path, catalog: Catalog) -> list[Statement]:
    """Return what the pages of a built book say, or end the command where the book is older than the sources."""
    from qualitybook.publish.notebook import book_statements

    with errors_told("error: {}."):
        said = book_statements(source)
    unknown = {key for each in said for key in each.source_ids} - set(catalog.sources["source_id"])
    if unknown:
        found = ", ".join(sorted(unknown))
        raise failed([f"error: the book in {source} cites what sources.csv does not have: {found}; build it again."])
    return said


def _answers(made: Review, timeout: float, pause: float) -> dict[str, Answer]:
    """Ask the addresses of all sources of the figures, and say which do not answer."""
    from qualitybook.analysis.review import ask

    used = [made.sources.loc[item.row["source_id"]] for item in made.items]
    urls = list(dict.fromkeys(str(source["url"] or source["found_url"]) for source in used))
    urls = [url for url in urls if url]
    answers = {}
    for number, answer in enumerate(ask(urls, timeout, pause), start=1):
        answers[answer.url] = answer
        if answer.code != "answers":
            click.echo(f"{number}/{len(urls)} {answer.code} ({answer.detail}): {answer.url}", err=True)
    return answers
