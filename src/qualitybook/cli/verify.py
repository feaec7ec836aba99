"""``qualitybook verify``."""

from __future__ import annotations

from pathlib import Path

import click

from qualitybook.cli.shared import failed, plural


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path("_site"))
def verify(folder: Path) -> None:
    """Check every file of the site in FOLDER (default: _site) against its manifest."""
    from qualitybook.publish.manifest import ManifestError, read_manifest

    try:
        manifest = read_manifest(folder)
    except ManifestError as error:
        raise failed([f"error: {error}"]) from None
    differences = manifest.differences(folder)
    if differences:
        lines = [f"error: {line}" for line in differences]
        raise failed(
            [*lines, f"{folder}: {plural(len(differences), 'file')} not as published; build or publish the site again."]
        )
    click.echo(f"{folder}: {plural(len(manifest.files), 'file')} as published.")
