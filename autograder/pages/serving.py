"""What the servers of pages share: headers of every answer, and how a refusal is said."""

from typing import Any, ClassVar

from tornado import web

# A page is made of our own files. Pictures may come inside it, as data.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Plain(web.RequestHandler):
    """Says in JSON why it refuses, and keeps nothing of an answer in a browser."""

    headers: ClassVar[dict[str, str]] = HEADERS

    def set_default_headers(self) -> None:
        for name, value in self.headers.items():
            self.set_header(name, value)

    def told(self, error: BaseException | None) -> tuple[int, str] | None:
        """Return the status and the text of an error that is meant for whoever asks."""
        raise NotImplementedError

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        told = self.told(kwargs.get("exc_info", (None, None))[1])
        if told:
            self.set_status(told[0])
        self.finish({"error": told[1] if told else self._reason})

    def log_exception(self, *error: Any) -> None:
        """Say nothing of what the page says itself."""
        if not self.told(error[1]):
            super().log_exception(*error)
