"""Inside the student's process: run cells, answer calls. Nothing that comes out of here is trusted.

The grader sends cells over the control channel. The checker sends requests over the call channel;
plain data comes back as it is, and everything else as a numbered handle.
"""

from __future__ import annotations

import builtins
import contextlib
import itertools
import os
import random
import select
import shutil
import socket
import sys
import traceback
import types
import weakref
from collections import Counter
from collections.abc import Callable
from functools import partial
from time import thread_time
from typing import Any

import numpy as np

from .. import packing, wire
from . import cells, later
from .recorder import Recorder, captured

TEXT_CHARS = 10_000  # of an exception's message
FRAMES = 20  # of a traceback
NAMES = 20  # of an exception's classes

_shell: Any = None


def warm_up() -> None:
    """Make the shell that every student process inherits."""
    global _shell
    _shell = cells.make_shell()
    if later.is_loaded("matplotlib.pyplot"):
        cells.warm_up(_shell)
    else:
        later.then["matplotlib.pyplot"] = partial(cells.inline, _shell)
    if later.is_loaded("stack_data"):
        cells.warm_up_for_errors(_shell)
    # np.random and random start the same for everybody, so that a grading can be repeated.
    np.random.seed(0)
    random.seed(0)


def serve(control: socket.socket, call: socket.socket, config: dict[str, Any]) -> None:
    """Answer the grader and the checker until they go away."""
    _shell.recorder.limit_bytes = config["output_bytes"]
    _shell.recorder.limit_items = config["limits"]["output_items"]
    if not later.is_loaded("matplotlib"):  # a cell that draws loads it here, in a folder of its own
        shutil.copytree(config["fonts"], os.environ["MPLCONFIGDIR"], dirs_exist_ok=True)
    grader, desk = wire.Channel(control), CallDesk(_shell, wire.Channel(call))
    waiting = [control, call]
    for sock in waiting:  # a fork that student code makes must not answer in this one's place
        os.register_at_fork(after_in_child=sock.close)
    while True:
        ready, _, _ = select.select(waiting, [], [])
        if control in ready:
            grader.send(_do(*grader.receive()))
        elif not desk.answer():
            waiting.remove(call)  # the checker is gone; the grader decides what happens next


_names: dict[str, dict[str, Any]] = {}  # what all names stood for when a check's turn was


def _do(action: str, number: int, text: str) -> list[Any]:
    """Run a cell; or keep, under a check's name, what all names stand for, or go back to it."""
    if action == "keep":
        _names[text] = dict(_shell.user_ns)
    elif text in _names and action == "back":
        _shell.user_ns.clear()
        _shell.user_ns.update(_names[text])
    return [number, _run(text) if action == "run" else []]


def _run(source: str) -> list[dict[str, Any]]:
    try:
        return cells.run(_shell, source)
    except BaseException as error:  # such as a KeyboardInterrupt out of a display hook
        name = type(error).__name__
        return [{"output_type": "error", "ename": name, "evalue": "", "traceback": [name]}]


class Callback:
    """A function of the check that student code may call."""

    def __init__(self, desk: CallDesk, number: int) -> None:
        self._desk = desk
        self._number = number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._desk.call_back(self._number, args, kwargs)


class CallDesk:
    """Answers the checker's requests: names, calls, attributes and items."""

    def __init__(self, shell: Any, channel: wire.Channel) -> None:
        self.shell = shell
        self.channel = channel
        self.objects: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}  # id of an object -> its handle
        self.count = itertools.count()
        self.before: list[dict[str, Any]] = []  # what stood where a lent function stands now
        self.device: Any = None  # the simulated one, which is in the checker
        self.alive: Counter[int] = Counter()  # a number of its arrays -> how many have it here
        self.gone: set[int] = set()  # numbers that nobody has here any more
        self.actions: dict[str, Callable[..., list[Any]]] = {
            "get": self.get,
            "put in place": self.put_in_place,
            "put back": self.put_back,
            "processor time": lambda: ["value", thread_time()],
            "call": self.call,
            "attribute": lambda owner, name: ["value", getattr(owner, name)],
            "set attribute": lambda owner, name, value: ["value", owner.__setattr__(name, value)],
            "item": lambda owner, key: ["value", owner[key]],
            "set item": lambda owner, key, value: ["value", owner.__setitem__(key, value)],
            "length": lambda owner: ["value", len(owner)],
            "is instance": lambda value, kind: ["value", isinstance(value, kind)],
            "list": lambda owner: ["value", list(itertools.islice(owner, packing.ITEMS))],
        }

    def export(self, value: Any) -> list[Any]:
        """Give an object a number that stands for it on the other side."""
        if isinstance(value, Callback):
            return [packing.CALLBACK, value._number]
        if type(value).__module__ == "convbook.gpu.array":
            return self.export_array(value)
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = next(self.count)
            self.objects[number] = value
        return [packing.HANDLE, number, type(value).__name__[: packing.NAME_CHARS]]

    def resolve(self, tag: int, number: int, text: str) -> Any:
        if tag == packing.DEVICE:
            return self.array(number, text)
        return Callback(self, number) if tag == packing.CALLBACK else self.objects[number]

    def answer(self) -> bool:
        """Answer one request. Return False when the checker is gone."""
        try:
            self.reply_to(self.channel.receive(resolve=self.resolve))
        except wire.PeerGone:
            return False
        return True

    def reply_to(self, request: list[Any]) -> None:
        """Do what is asked and send the result, or the exception."""
        action, forgotten, *arguments = request
        for number in forgotten:
            self.numbers.pop(id(self.objects.pop(number, None)), None)
        try:
            with captured(Recorder(0)):  # what a call prints may show hidden inputs
                reply = self.actions[action](*arguments)
            frame = packing.encode(reply, self.export)
        except wire.PeerGone:
            raise
        except BaseException as error:
            frame = packing.encode(self.describe(error))
        self.channel.send_frame(*frame)

    def get(self, name: str) -> list[Any]:
        names = self.shell.user_ns
        if name not in names:
            return ["absent"]
        value = names[name]
        return ["module"] if isinstance(value, types.ModuleType) else ["value", value]

    def put_in_place(self, functions: dict[str, Any]) -> list[Any]:
        """Let functions of the check stand for those of the notebook."""
        names = self.shell.user_ns
        self.before.append({name: names.get(name) for name in functions})
        names.update(functions)
        return ["value", None]

    def put_back(self) -> list[Any]:
        self.shell.user_ns.update(self.before.pop())
        return ["value", None]

    def call(self, function: Any, args: list[Any], kwargs: dict[str, Any]) -> list[Any]:
        """Call a function; say what its arguments are now where it has changed them."""
        before = self.picture(args, kwargs)
        with self.using_device():
            value = function(*args, **kwargs)
        if self.gone:  # so that the device knows before the check looks
            self.device.do("clock", "now", (), {})
        changed = [args, kwargs] if self.picture(args, kwargs) != before else None
        return ["value", value, changed]

    def picture(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        body, buffers = packing.encode([args, kwargs], self.export)
        return body, [buffer.tobytes() for buffer in buffers]

    def call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Ask the check to call one of its functions. It may call student code meanwhile."""
        self.channel.send(["callback", number, list(args), kwargs], export=self.export)
        while True:
            message = self.channel.receive(resolve=self.resolve)
            if message[0] == "returned":
                return message[1]
            if message[0] == "refused":
                raise RuntimeError(message[1])
            if message[0] == "failed":  # an order to the device; the name is one of a short list
                raise getattr(builtins, message[1])(message[2])
            self.reply_to(message)

    def far_device(self) -> Any:
        """Return the simulated device of the checker, as this process sees it."""
        if self.device is None:
            from convbook.gpu import Far

            self.device = Far(
                lambda kind, name, args, kwargs: self.call_back(
                    packing.ORDER, (kind, name, list(args), self.let_go()), kwargs
                )
            )
        return self.device

    def let_go(self) -> list[int]:
        """Return the numbers of arrays that nothing here refers to any more, each once."""
        gone, self.gone = list(self.gone), set()
        return gone

    def _died(self, number: int) -> None:
        self.alive[number] -= 1
        if not self.alive[number]:
            self.gone.add(number)

    def using_device(self) -> contextlib.AbstractContextManager[None]:
        """Let new arrays go to the checker's device, where the student's code uses one at all."""
        gpu = sys.modules.get("convbook.gpu")
        return gpu.using(self.far_device()) if gpu else contextlib.nullcontext()

    def array(self, number: int, text: str) -> Any:
        from convbook.gpu.array import ndarray

        dtype, *shape = text.split()
        found = ndarray(self.far_device(), number, np.dtype(dtype), tuple(map(int, shape)))
        self.alive[number] += 1
        self.gone.discard(number)
        weakref.finalize(found, self._died, number).atexit = False
        return found

    def export_array(self, value: Any) -> list[Any]:
        if value.device is not self.far_device():
            raise ValueError(
                "an array that was uploaded before the check began lies on another device:"
                " upload it inside the function"
            )
        return [packing.DEVICE, value.memory, ""]

    def describe(self, error: BaseException) -> list[Any]:
        """Return an exception as its class names, its message and its frames."""
        names = [kind.__name__ for kind in type(error).__mro__][:NAMES]
        trace = cells.without_own_frames(error.__traceback__)
        frames = [
            [frame.filename, frame.lineno or 0, frame.name, (frame.line or "")[:200]]
            for frame in traceback.extract_tb(trace)[-FRAMES:]
        ]
        return ["raised", names, cells._text(error)[:TEXT_CHARS], frames]


if sys.byteorder != "little":  # the wire's arrays are little-endian
    raise ImportError("the airlock needs a little-endian processor")
