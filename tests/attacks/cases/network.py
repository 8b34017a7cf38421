"""Code that calls out, or waits to be called, and pages that would."""

from attacks.case import Case, Notebook, cell_named, cells, code_cell, edited, markdown_cell
from attacks.target import FULL, SCALE

CALL = """
import socket
try:
    sock = socket.create_connection(("127.0.0.1", @TCP@), timeout=2)
    sock.sendall(b"hello"); sock.close()
except OSError as error: print(error)
"""
URL = """
import urllib.request
try: urllib.request.urlopen("http://127.0.0.1:@TCP@/", timeout=2)
except Exception as error: print(error)
"""
UDP = """
import socket
try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("127.0.0.1", @UDP@))
except OSError as error: print(error)
"""
ABSTRACT = """
import socket
try: socket.socket(socket.AF_UNIX).connect("\\0@ABSTRACT@")
except OSError as error: print(error)
"""
ASYNC = """
import asyncio
async def call():
    try: await asyncio.wait_for(asyncio.open_connection("127.0.0.1", @TCP@), 2)
    except OSError as error: print(error)
await call()
"""
CTYPES = """
import ctypes, struct
libc = ctypes.CDLL(None)
number = libc.syscall(41, 2, 1, 0)
address = struct.pack("=H", 2) + struct.pack(">H", @TCP@) + bytes([127, 0, 0, 1]) + bytes(8)
print(libc.connect(number, address, 16))
"""
SHELL = """
!python3 -c "import socket; socket.create_connection(('127.0.0.1', @TCP@), 2)"
"""
BASH = """%%bash
exec 3<>/dev/tcp/127.0.0.1/@TCP@
echo hello >&3
"""
IN_CALL = "def scale(x, a):\n" + "".join(f"    {line}\n" for line in CALL.strip().split("\n"))
IN_CALL += "    return x * a"
LISTEN = """
import socket, subprocess, sys
try:
    sock = socket.socket(); sock.bind(("127.0.0.1", 0)); sock.listen()
    other = socket.create_connection(sock.getsockname(), timeout=2)
    print("listens", file=sys.stderr)
    open("/tmp/left-by-attack-listening", "w").write("x")
except OSError as error: print(error)
"""
LATER = """
import os, time, socket
if os.fork() == 0:
    os.setsid()
    for _ in range(40):
        time.sleep(0.25)
        try: socket.create_connection(("127.0.0.1", @TCP@), timeout=1); break
        except OSError: pass
    os._exit(0)
"""
RAW = (
    """
import socket
for family, kind, protocol in ((socket.AF_PACKET, socket.SOCK_RAW, 3),
                               (socket.AF_INET, socket.SOCK_RAW, 1), (socket.AF_NETLINK, 3, 0)):
    try: socket.socket(family, kind, protocol); print("made")
    except OSError as error: print(error)
try: socket.getaddrinfo("example.org", 80)
except OSError as error: print(error)
"""
    + CALL
)


def calls(name: str, tries: str, first: str) -> Case:
    return Case("network", name, tries, cells(first=first), FULL)


def page(name: str, tries: str, text: str) -> Case:
    """A page that runs or loads something when a teacher or student opens it."""

    def change(book: Notebook) -> None:
        book["cells"].insert(0, markdown_cell(text))

    return Case("network", name, tries, edited(change), FULL, page=True)


def shown(name: str, tries: str, kind: str, text: str) -> Case:
    """An output that runs or loads something: displayed by code, in the right type."""
    source = f"from IPython.display import display\ndisplay({{{kind!r}: {text!r}}}, raw=True)"
    return Case("network", name, tries, cells(first=source), FULL, page=True)


def stored_output(book: Notebook) -> None:
    """Bring an output along in the file, in a cell that is not run."""
    html = {"text/html": ["<script>attack_mark()</script>"]}
    output = {"output_type": "display_data", "data": html, "metadata": {}}
    cell = code_cell("") | {"outputs": [output]}
    cell["metadata"]["tags"] = ["demo"]
    book["cells"].append(cell)


def hostile_names(book: Notebook) -> None:
    """Put markup into names that a page might show: metadata, cell ids and the kernel."""
    bad = "</title><script>attack_mark()</script>"
    book["metadata"]["title"] = bad
    book["metadata"]["kernelspec"] = {"name": bad, "display_name": bad, "language": bad}
    book["metadata"]["language_info"] = {"name": bad, "pygments_lexer": bad}
    cell_named(book, "scale")["id"] = "a"
    book["cells"][0]["metadata"] |= {"name": bad, "tags": [bad]}


CASES = [
    calls("TCP", "calls a server on this machine", CALL),
    calls("HTTP", "fetches a page of a server on this machine", URL),
    calls("UDP", "sends a datagram", UDP),
    calls("abstract socket", "calls an abstract Unix socket", ABSTRACT),
    calls("asyncio", "calls from a coroutine", ASYNC),
    calls("system call", "makes the socket by its own system call", CTYPES),
    calls("shell command", "calls from another program by !", SHELL),
    calls("bash", "calls from %%bash", BASH),
    calls("raw sockets and names", "tries raw sockets and DNS, then calls", RAW),
    calls("listening", "waits to be called", LISTEN),
    calls("later", "leaves a process behind that calls later", LATER),
    Case("network", "in a call", "calls out while a check runs", cells(scale=IN_CALL), FULL),
    page("script in text", "a script", "<script>attack_mark()</script>"),
    page("handler in text", "an image whose error runs code", "<img src=x onerror=attack_mark()>"),
    page("javascript: link", "a link that runs code", "[here](javascript:attack_mark)"),
    page(
        "disguised link",
        "the same with a tab and an entity in it",
        '<a href="java\tscript&colon;attack_mark()">here</a>',
    ),
    page(
        "svg and iframe",
        "code in SVG, an iframe and an object",
        "<svg onload=attack_mark()></svg>\n\n<iframe srcdoc='<script>attack_mark()</script>'>"
        "</iframe>\n\n<object data='http://attack_mark'></object>",
    ),
    page(
        "form, refresh and style",
        "a form, a refresh, a style and a base",
        "<form action='http://attack_mark'><button>Log in</button></form>\n\n"
        "<meta http-equiv=refresh content='0;url=http://attack_mark'>\n\n"
        "<style>body { background: url(http://attack_mark) }</style>\n\n"
        "<base href='http://attack_mark'>",
    ),
    page(
        "remote image",
        "an image that tells when the page is read",
        "![x](http://127.0.0.1/attack_mark.png)",
    ),
    page(
        "formula",
        "markup inside a formula",
        "$\\text{<img src=x onerror=attack_mark()>}$ $\\href{javascript:attack_mark}{x}$",
    ),
    shown("HTML output", "an output with a script", "text/html", "<script>attack_mark()</script>"),
    shown(
        "JavaScript output", "an output that is a script", "application/javascript", "attack_mark()"
    ),
    shown(
        "SVG output",
        "a picture with a handler",
        "image/svg+xml",
        "<svg xmlns='http://www.w3.org/2000/svg' onload='attack_mark()'></svg>",
    ),
    shown(
        "picture that is markup",
        "a PNG that closes its tag",
        "image/png",
        'x"><script>attack_mark()</script>',
    ),
    Case(
        "network",
        "markup in an error",
        "an exception whose text is a script",
        cells(scale="def scale(x, a):\n    raise ValueError('<script>attack_mark()</script>')"),
        FULL - SCALE,
        page=True,
    ),
    Case(
        "network",
        "output in the file",
        "brings an output with a script along",
        edited(stored_output),
        FULL,
        page=True,
    ),
    Case(
        "network",
        "markup in names",
        "scripts in titles, tags and the kernel's name",
        edited(hostile_names),
        FULL,
        page=True,
    ),
]
