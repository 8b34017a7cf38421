"""Read a kernel's source: its parameters, and what must not be in it.

A kernel for the emulator computes and does nothing else. So what could get around the emulator's
checks, or out of it, is refused before it is compiled; what else it calls is looked at afterwards
(see emulator.py). All of it is CUDA that one would not miss in a first kernel.
"""

import re
from dataclasses import dataclass

SIZES = {"float": "float32", "int": "int32"}

# Pattern, what it is, and what to do instead.
REFUSED = (
    (r"\?\?[=/'()!<>-]|%:|<:|<%", "trigraphs and digraphs are", "write the characters themselves"),
    (r"\b(__has_include|_Pragma|__attribute__|alignas)\b|\[\[", "attributes are", "leave them out"),
    (r"\b(asm|__asm|__asm__)\b", "inline assembly is", "write it in CUDA C"),
    (
        r"\b(__builtin_|emu_|__tsan|__ubsan)\w*",
        "names of the compiler and the emulator are",
        "use CUDA's own functions",
    ),
    (
        r"\b(typedef|using|decltype|virtual|operator|namespace|union)\b",
        "this part of C++ is",
        "functions, structs and templates are there",
    ),
    (
        r"\(\s*\*\s*(const\s+)?\w*\s*\)\s*\(|::\s*\*",
        "pointers to functions are",
        "call the function by its name",
    ),
    (r"\bstd\s*::", "the standard library is", "write fmaxf, fabsf, sqrtf as they are"),
    (
        r"\b(__shfl\w*|__syncwarp|__ballot\w*|cooperative_groups)\b",
        "warp functions are",
        "the emulator runs threads one by one and knows no warps",
    ),
    (
        r"\bextern\b(?!\s*\"C\"\s*__global__)",
        "extern declarations are",
        'write `extern "C" __global__` for a kernel, and give shared memory its size',
    ),
)
DIRECTIVES = ("define", "undef", "if", "ifdef", "ifndef", "elif", "else", "endif")


class Refused(ValueError):
    """The source holds something that the emulator does not take. The text says what to do."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a kernel.

    Attributes:
        name: as in the source.
        kind: "float" or "int".
        pointer: whether it is an array.
        const: whether the array is only read.
    """

    name: str
    kind: str
    pointer: bool
    const: bool


def stripped(source: str) -> str:
    """Return the source without comments and string contents, and with continued lines joined."""
    joined = re.sub(r"\\[ \t]*\n", " ", source)
    pattern = r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''

    def blank(match: re.Match[str]) -> str:
        text = match.group()
        return text if text == '"C"' else re.sub(r"[^\n]", " ", text)

    return re.sub(pattern, blank, joined, flags=re.DOTALL)


def check(source: str) -> None:
    """Refuse what a kernel for the emulator must not hold.

    Raises:
        Refused: the text names it and the line, and says what to do instead.
    """
    if not source.isascii() or "\0" in source:
        raise Refused("A kernel is written in ASCII: letters, digits and signs of the keyboard.")
    text = stripped(source)
    for pattern, what, advice in REFUSED:
        for looked in (text, source) if pattern.startswith(r"\?\?") else (text,):
            found = re.search(pattern, looked)
            if found:
                line = looked.count("\n", 0, found.start()) + 1
                raise Refused(f"line {line}: `{found.group().strip()}`: {what} refused; {advice}.")
    for number, written in enumerate(text.splitlines(), start=1):
        if written.lstrip().startswith("#"):
            _check_directive(number, written.lstrip()[1:].strip())


def _check_directive(number: int, line: str) -> None:
    word = re.match(r"\w*", line).group()  # type: ignore[union-attr]
    if word in DIRECTIVES or re.match(r"pragma\s+unroll\b", line):
        return
    advice = "the functions of <cmath> are there already" if word == "include" else "leave it out"
    raise Refused(f"line {number}: `#{line[:40]}` is refused; {advice}.")


def parameters(source: str, name: str) -> list[Parameter]:
    """Read the parameters of a kernel.

    Args:
        source: the text.
        name: of the kernel.

    Raises:
        Refused: there is no such kernel, or a parameter of another kind than float, int, float* and
            int*.
    """
    bounds = r"(?:__launch_bounds__\s*\([^)]*\)\s*)?"
    found = re.search(
        rf"\b__global__\s+{bounds}void\s+{bounds}{re.escape(name)}\s*\(([^)]*)\)", stripped(source)
    )
    if not found:
        raise Refused(f'There is no kernel {name}: write `extern "C" __global__ void {name}(...)`.')
    parts = [part.strip() for part in found.group(1).split(",")]
    return [_parameter(part) for part in parts if part and part != "void"]


def _parameter(text: str) -> Parameter:
    plain = re.sub(r"\b__restrict__\b", " ", text)
    match = re.fullmatch(
        r"(const\s+)?(float|int)\s*(const\s*)?(\*?)\s*(?:const\s+)?(\w+)", plain.strip()
    )
    if not match:
        raise Refused(f"The parameter `{text}` is none of int, float, int*, float* (const or not).")
    before, kind, after, star, name = match.groups()
    return Parameter(name, kind, bool(star), bool(before or after))
