"""papermill's engine of the pages: the cells run in the process that calls it, which is the page's own.

What IPython tells a front end goes into the outputs of the cell that runs, in the order in which it comes.
"""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat.v4 import new_output
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

from qualitybook.publish.environment import PAGE_TEXT, limited_memory

NAME = "qualitybook"
_KERNEL_COLUMNS = 20
"""Columns that pandas shows in a kernel."""


@contextmanager
def _redirected(descriptor: int, path: Path) -> Iterator[None]:
    """Let what is written to a descriptor in the block go to the end of a file."""
    kept = os.dup(descriptor)
    try:
        with path.open("ab") as file:
            os.dup2(file.fileno(), descriptor)
        yield
    finally:
        os.dup2(kept, descriptor)
        os.close(kept)


class _Hook(DisplayHook):
    """Takes the value of a cell's last line."""

    shell: Any

    def write_output_prompt(self) -> None:
        """Show no prompt."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self.shell.show("execute_result", format_dict)

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Publisher(DisplayPublisher):
    """Takes what a cell displays."""

    shell: Any

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **_options: Any) -> None:
        self.shell.show("display_data", data)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear()


class _Stream(io.TextIOBase):
    """A standard stream of the cells; it also takes what others than Python write to its descriptor."""

    encoding = "utf-8"

    def __init__(self, shell: _Shell, name: str, descriptor: int, path: Path) -> None:
        self.shell, self.name, self.descriptor = shell, name, descriptor
        path.touch()
        self.path, self.written = path, path.open(encoding="utf-8", errors="replace", newline="")

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.descriptor

    def write(self, text: str) -> int:
        self.shell.say(self.name, text)
        return len(text)

    def drain(self) -> None:
        """Take what was written to the descriptor."""
        if text := self.written.read(PAGE_TEXT):
            self.write(text)


class _Shell(InteractiveShell):
    displayhook_class, display_pub_class = _Hook, _Publisher

    def take_over(self, folder: Path) -> tuple[_Stream, _Stream]:
        """Begin a page, and return its streams, which keep their files in a folder."""
        self.outputs: list[Any] = []
        self.text_left = PAGE_TEXT
        self.streams = (_Stream(self, "stdout", 1, folder / "stdout"), _Stream(self, "stderr", 2, folder / "stderr"))
        return self.streams

    def enable_gui(self, gui: Any = None) -> None:
        """Have no windows."""

    def say(self, name: str, text: str) -> None:
        """Take a text of a stream, as far as the page may print it."""
        text = text[: self.text_left]
        self.text_left -= len(text)
        if text and not (self.outputs and self.outputs[-1].get("name") == name):
            self.outputs.append(new_output("stream", name=name, text=[]))
        if text:
            self.outputs[-1].text.append(text)

    def show(self, kind: str, data: dict[str, Any]) -> None:
        """Take something shown, after what was printed before it."""
        for stream in self.streams:
            stream.drain()
        plain = {
            name: base64.b64encode(shown).decode() if isinstance(shown, bytes) else shown
            for name, shown in data.items()
        }
        if plain:
            self.outputs.append(new_output(kind, data=plain))

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.outputs.append(new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb))

    def run(self, cell: Any) -> BaseException | None:
        """Run a cell, give it its outputs, and return its error."""
        self.outputs = []
        done = self.run_cell(cell.source, store_history=True)
        for stream in self.streams:
            stream.drain()
        for output in self.outputs:
            if output.output_type == "stream":
                output.text = "".join(output.text)
        cell.outputs = self.outputs
        return done.error_before_exec or done.error_in_exec


class _InProcess(Engine):
    """Runs a notebook's code cells one after the other, until one fails."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        folder: Path,
        memory: int,
        on_cell: Callable[[Any, bool], None],
        **_options: Any,
    ) -> None:
        """Run the cells with no more than `memory` bytes, telling `on_cell` each one as it begins and as it ends."""
        # Without a history: several processes would write to one file.
        config = Config({"HistoryManager": {"enabled": False}})
        # Imported where there was no kernel, pandas takes itself to be in a terminal and fits tables to its width.
        pd.set_option("display.max_columns", _KERNEL_COLUMNS)
        shell = _Shell.instance(config=config, ipython_dir=str(folder / "ipython"))
        out, err = shell.take_over(folder)
        with ExitStack() as within:
            for block in (
                _redirected(1, out.path),
                _redirected(2, err.path),
                redirect_stdout(out),
                redirect_stderr(err),
            ):
                within.enter_context(block)
            within.enter_context(limited_memory(memory))
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type == "code" and not _ran(shell, nb_man, cell, index, on_cell):
                    return


def _ran(
    shell: _Shell, nb_man: NotebookExecutionManager, cell: Any, index: int, on_cell: Callable[[Any, bool], None]
) -> bool:
    """Run a cell as papermill wants it, and return whether it was free of errors."""
    nb_man.cell_start(cell, index)
    on_cell(cell, True)
    error = shell.run(cell)
    on_cell(cell, False)
    if error is not None:
        nb_man.cell_exception(cell, index, exception=error)
        return False
    nb_man.cell_complete(cell, index)
    return True


def register() -> str:
    """Make the engine known to papermill and return its name; it does no harm to do so again."""
    papermill_engines.register(NAME, _InProcess)
    return NAME
