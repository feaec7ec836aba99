"""``qualitybook publish``."""

from __future__ import annotations

from pathlib import Path

import click

from qualitybook.cli.shared import ROOM, data_option, failed, load_book, load_catalog
from qualitybook.cli.system_errors import told, waiting


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), help="The site; default: where `build` puts it."
)
@click.option("--force", is_flag=True, help="Publish even a build that a newer one has replaced.")
@data_option
def publish(folder: Path, output: Path | None, force: bool, data: Path) -> None:
    """Put the site into DIR, the folder that a web server shows.

    It is checked against its manifest first, then copied beside DIR and takes its place in one step, so that no
    reader sees half of it. Editions that only DIR has are kept. DIR/publications.json says which builds were published.
    """
    from qualitybook.publish.alone import alone_in
    from qualitybook.publish.layout import Project
    from qualitybook.publish.machines import Offer, write_lists
    from qualitybook.publish.release import ReleaseError, release

    book = load_book(data)
    offer = Offer(load_catalog(data), book)
    site = output or Project(Path()).site_folder(data, book.name)
    try:
        with alone_in([site, folder], waiting):
            released = release(
                site, folder, offer.as_of, lambda root, shelves: write_lists(root, shelves, offer), force=force
            )
    except ReleaseError as error:
        raise failed([f"error: {error}", f"{folder} is as it was."]) from None
    except OSError as error:
        raise failed([*told(error), f"{folder} is as it was; {ROOM}"]) from None
    for word, names in vars(released).items():
        for name in names:
            click.echo(f"{word:9}{name}")
    click.echo(f"{folder} shows {site}.")
