"""papermill's engine, but for how often it saves: once, when the notebook has ended, however it ended.

papermill writes the whole notebook at the start and at the end of every cell, which for a page of many small cells
takes longer than the cells themselves.
"""

from __future__ import annotations

from typing import Any

from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

NAME = "qualitybook"


class SavingOnce(NBClientEngine):
    """Execute a notebook and leave saving it to what follows the last cell or the failure."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any) -> None:
        """Run all cells; without a path to save to, the manager skips the saves in between."""
        path, nb_man.output_path = nb_man.output_path, None
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **options)
        finally:
            nb_man.output_path = path


def register() -> str:
    """Make the engine known to papermill and return its name; it does no harm to do so again."""
    papermill_engines.register(NAME, SavingOnce)
    return NAME
