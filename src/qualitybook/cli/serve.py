"""``qualitybook serve``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from qualitybook.cli.shared import data_option, load_book, with_options

ENTRANCE = "index.html"


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 for any free one."
)
@click.option(
    "--watch", is_flag=True, help="Build the website now, and again whenever evidence, pages or templates change."
)
@click.option("--lang", default="zh,en", show_default=True, help="Languages to build with --watch.")
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), help="The site; default: where `build` puts it."
)
@data_option
@click.pass_context
def serve(ctx: click.Context, port: int, watch: bool, lang: str, output: Path | None, data: Path) -> None:
    """Show the site on this computer: http://127.0.0.1:8000/, until Ctrl+C."""
    from threading import Event

    from qualitybook.publish.layout import Project
    from qualitybook.publish.preview import serve as serve_site
    from qualitybook.publish.preview import server_of, sources_of

    project = Project(Path())
    site = output or project.site_folder(data, load_book(data).name)
    rebuild = _builder(ctx, data=data, lang=lang, html=True, output=site) if watch else None
    if rebuild is not None:
        rebuild()
    elif not (site / ENTRANCE).is_file():
        raise click.UsageError(
            with_options(f"no site in {str(site)!r}; make one with `qualitybook build`, or say --watch")
        )
    try:
        server = server_of(site, port)
    except OSError as error:
        raise click.BadParameter(f"{error.strerror}; take another, or 0 for any.", param_hint="--port") from None
    click.echo(f"http://{server.server_name}:{server.server_port}/ shows {site}; Ctrl+C ends it.")
    with suppress(KeyboardInterrupt):
        serve_site(server, sources_of(project, data), rebuild, Event())


def _builder(ctx: click.Context, **options: Any) -> Callable[[], None]:
    """Return what runs `build` with these options and prints what is wrong instead of ending."""
    from qualitybook.cli.build import build

    def rebuild() -> None:
        try:
            ctx.invoke(build, **options)
        except click.ClickException as error:
            error.show()

    return rebuild
