"""Run notebook cells in an IPython shell and record their outputs, as a kernel would.

A shell is enough for magics, inline figures and tracebacks, and far cheaper than a kernel.
"""

from __future__ import annotations

import ast
import base64
import os
import sys
import types
from typing import Any

os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from .recorder import Recorder, captured

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Publisher(DisplayPublisher):
    """display(...) goes to the recorder."""

    shell: Any

    def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
        data = _as_text(data)
        output = {"output_type": "display_data", "data": data, "metadata": {}}
        self.shell.recorder.add(output, sum(map(len, data.values())))

    def clear_output(self, wait: bool = False) -> None:
        self.shell.recorder.clear()


class Hook(DisplayHook):
    """The value of a last expression goes to the recorder."""

    shell: Any

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        data = _as_text(format_dict)
        output = {"output_type": "execute_result", "data": data, "metadata": {}}
        self.shell.recorder.add(output, sum(map(len, data.values())))

    def update_user_ns(self, result: Any) -> None:
        pass  # results are not kept in _ and Out: they would fill the memory

    def finish_displayhook(self) -> None:
        pass


class Shell(InteractiveShell):
    """IPython without a terminal, a history, a startup folder or a way to run other programs."""

    displayhook_class = Type(Hook)
    display_pub_class = Type(Publisher)
    recorder: Recorder

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        name, text = getattr(etype, "__name__", "Error"), _text(evalue)
        output = {"output_type": "error", "ename": name, "evalue": text, "traceback": list(stb)}
        self.recorder.add(output, len(text) + sum(map(len, stb)))

    def _get_exc_info(self, exc_tuple: Any = None) -> Any:
        kind, value, trace = super()._get_exc_info(exc_tuple)
        return kind, value, without_own_frames(trace)

    def transform_cell(self, raw_cell: str) -> str:
        """Leave plain Python as it is: to look for magics in it takes longer than to parse it."""
        try:
            ast.parse(raw_cell)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return super().transform_cell(raw_cell)
        return raw_cell.rstrip("\n") + "\n"

    def system(self, command: str) -> None:
        print("(shell commands are switched off while a notebook is graded)")

    def getoutput(self, cmd: Any, split: Any = True, depth: Any = 0) -> Any:
        self.system(cmd)
        return []

    def init_io(self) -> None:
        pass

    def init_virtualenv(self) -> None:
        pass

    def enable_gui(self, gui: Any = None) -> None:
        pass

    def ask_exit(self) -> None:
        pass


def without_own_frames(trace: types.TracebackType | None) -> types.TracebackType | None:
    """Return a traceback less the frames of the airlock itself."""
    frames = []
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(HERE):
            frames.append(trace)
        trace = trace.tb_next
    result = None
    for frame in reversed(frames):
        result = types.TracebackType(result, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return result


def make_shell() -> Shell:
    """Return the one shell of this process."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.enable_tip = False
    sys.path.append("")  # a module that a cell has written is found, as in any notebook
    shell = Shell.instance(config=config)
    shell.recorder = Recorder(limit_bytes=1 << 20)
    assert shell.display_formatter is not None
    shell.display_formatter.active_types = ["text/plain", "image/png"]
    return shell


def inline(shell: Shell) -> None:
    """Show figures below the cell that has drawn them."""
    shell.run_line_magic("matplotlib", "inline")


def warm_up(shell: Shell) -> None:
    """Draw one figure, so that no worker has to build fonts and caches."""
    inline(shell)
    run(
        shell, "import matplotlib.pyplot\nmatplotlib.pyplot.plot([1])\nmatplotlib.pyplot.title('a')"
    )
    run(shell, "matplotlib.pyplot.close('all'); del matplotlib")
    shell.execution_count = 1


def warm_up_for_errors(shell: Shell) -> None:
    """Write one traceback, so that no worker has to load and look up what that takes."""
    run(shell, "1 / 0")
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        vars(sys).pop(name, None)
    shell.execution_count = 1


def run(shell: Shell, source: str) -> list[dict[str, Any]]:
    """Run one cell and return its outputs."""
    recorder = shell.recorder
    recorder.reset()
    with captured(recorder):
        shell.run_cell(source, store_history=False)
    shell.execution_count += 1
    return recorder.outputs


def _as_text(data: dict[str, Any]) -> dict[str, str]:
    """Return a bundle of formats with pictures as base64 text."""
    return {
        kind: base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
        for kind, value in data.items()
    }


def _text(value: Any) -> str:
    try:
        return str(value)
    except Exception:
        return "(this exception cannot be shown)"
