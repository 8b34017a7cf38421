"""The checker's end of the call channel: ask the student's process, and judge its answers' form."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from . import packing, wire
from .deadline import Deadline
from .errors import MissingName, StudentGone, student_error
from .hung import Hung, kind
from .remote import Remote
from .shelf import Shelf

LENT = (FunctionType, BuiltinFunctionType, MethodType, functools.partial, np.ufunc)
REFUSALS = (ValueError, TypeError, IndexError)
CALLBACKS = 1_000_000  # calls of lent functions in one check


@dataclass
class Lent:
    """What a check has lent to the student's process, which knows it by number."""

    functions: list[Any] = field(default_factory=list)
    called: int = 0  # how often any of them was
    shelf: Shelf = field(default_factory=Shelf)
    in_place: list[dict[str, Any]] = field(default_factory=list)  # of the student's own functions


class Link:
    """The checker's end of the call channel."""

    def __init__(
        self,
        channel: wire.Channel,
        call_seconds: float,
        lost: Callable[[], float] | None = None,
    ) -> None:
        """Take the call channel; lost returns how many seconds of a check were lost to others."""
        self.channel = channel
        self.call_seconds = call_seconds
        self.lost = lost
        self.check_ends = Deadline(float("inf"))  # when the whole check must be over
        self.gone: StudentGone | None = None
        self.forgotten: list[int] = []  # handles that nothing here refers to any more
        self.remotes: WeakValueDictionary[int, Remote] = WeakValueDictionary()
        self.label = ""  # what is being asked for: new proxies are called by it in messages
        self.gave_none = ""  # the function that was called last, where it returned None
        self.lent = Lent()
        self.hung = Hung()
        self.calls: Any = None  # notes the calls of a check's shown part; see judge.calls

    def begin_check(self, seconds: float, lent: Lent | None = None) -> None:
        """Start a check that may take so long, or go on with one, whose functions are lent."""
        self.check_ends = Deadline(seconds, self.lost)
        self.lent = lent or Lent()
        self.gave_none = ""

    def processor_time(self) -> float:
        """Return the seconds that the student's process has computed, as it says itself.

        Good for sparing an honest answer that only waited; never a reason for points.
        """
        seconds = self.ask("", "processor time")[0]
        return seconds if type(seconds) is float else 0.0

    def put_in_place(self, functions: dict[str, Any]) -> None:
        """Let functions stand for those of these names in the student's notebook."""
        self.lent.in_place.append(functions)
        self.ask("", "put in place", functions)

    def put_back(self) -> None:
        """Let the student's own functions stand there again."""
        self.lent.in_place.pop()
        self.ask("", "put back")

    def ask(self, label: str, action: str, *arguments: Any) -> list[Any]:
        """Send one request and return the fields of the answer. label names it in messages."""
        if self.gone is None and action == "call" and self.hung.knows(label, arguments[1:]):
            self.gone = StudentGone(label, "again")
        if self.gone is not None:
            raise self.gone
        self.label = label
        forgotten, self.forgotten = self.forgotten, []
        frame = packing.encode([action, forgotten, *arguments], self.export)
        seconds = self.hung.seconds(label, self.call_seconds)
        deadline = min(Deadline(seconds, self.lost), self.check_ends, key=Deadline.left)
        try:
            self.channel.send_frame(*frame, deadline=deadline)
            reply = self.receive(deadline)
            while reply[0] == "callback":
                body, buffers = self.call_back(*reply[1:])
                self.channel.send_frame(body, buffers, deadline)
                reply = self.receive(deadline)
        except wire.ProtocolError as error:
            reasons = {wire.Timeout: "late", wire.PeerGone: "ended"}
            reason = reasons.get(type(error), str(error))
            whole, what = deadline is self.check_ends, kind(arguments[1:])
            self.gone = StudentGone(label, reason, whole, seconds, what)
            raise self.gone from None
        return self.unwrap(label, reply)

    def receive(self, deadline: Deadline) -> list[Any]:
        reply = self.channel.receive(deadline, self.resolve)
        if type(reply) is not list or not reply or type(reply[0]) is not str:
            raise wire.ProtocolError("not a reply")
        return reply

    def unwrap(self, label: str, reply: list[Any]) -> list[Any]:
        match reply:
            case ["value", *fields] if fields:
                return fields
            case ["absent" | "module"]:
                raise MissingName(label)
            case ["raised", list(names), str(text), list(frames)] if names and all(
                type(name) is str for name in names
            ):
                error = student_error(names, text, frames)
                error.asked, error.function = label, error.function or label
                raise error
        self.gone = StudentGone(label, "malformed answer")
        raise self.gone

    def export(self, value: Any) -> list[Any]:
        """Let handles go home, and lend functions; nothing else of the checker may leave."""
        if type(value) is Remote:
            return [packing.HANDLE, object.__getattribute__(value, "_number"), ""]
        if isinstance(value, LENT):
            self.lent.functions.append(value)
            return [packing.CALLBACK, len(self.lent.functions) - 1]
        if self.lent.shelf.holds(value):
            return self.lent.shelf.put(value)
        raise packing.Unsendable(f"a {type(value).__name__} cannot be handed to student code")

    def resolve(self, tag: int, number: int, name: str) -> Any:
        if tag == packing.CALLBACK:  # one of ours, coming back
            if number >= len(self.lent.functions):
                raise wire.ProtocolError("no such callback")
            return self.lent.functions[number]
        if tag == packing.DEVICE:
            return self.lent.shelf.take(number)
        remote = self.remotes.get(number)
        if remote is None:
            remote = Remote(self, number, name if name.isidentifier() else "object", self.label)
            self.remotes[number] = remote
        if number in self.forgotten:  # its last proxy died while this one was on its way
            self.forgotten.remove(number)
        return remote

    def call_back(self, *fields: Any) -> Any:
        """Answer a request of the student to call one of the lent functions, as a frame."""
        self.lent.called += 1
        if self.lent.called > CALLBACKS:
            return packing.encode(["refused", "too many calls"])
        match fields:
            case (packing.ORDER, list(args), dict(kwargs)):
                return packing.encode(self.lent.shelf.order(args, kwargs), self.export)
            case (int(number), list(args), dict(kwargs)) if 0 <= number < len(self.lent.functions):
                return self.lend(self.lent.functions[number], args, kwargs)
        raise wire.ProtocolError("not a callback")

    def lend(self, function: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Call a lent function; of what goes wrong in it the student learns no details.

        But a function that stands for the student's own refuses what it cannot do as that would.
        """
        try:
            return packing.encode(["returned", function(*args, **kwargs)], self.export)
        except Exception as error:
            kinds = [kind.__name__ for kind in REFUSALS if isinstance(error, kind)]
            if kinds and any(function in ours.values() for ours in self.lent.in_place):
                return packing.encode(["failed", kinds[0], str(error)])
            return packing.encode(
                ["refused", f"the check's function raised {type(error).__name__}"]
            )
