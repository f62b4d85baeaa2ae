"""The page at /contribute: a filled form is dropped, checked and shown, and never kept."""

from collections.abc import AsyncIterator
from datetime import date

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.routing import Route

from kommunegraf.contribute import checking, reading
from kommunegraf.contribute.reading import Unreadable
from kommunegraf.contribute.submission import Check
from kommunegraf.publish.forms import Forms
from kommunegraf.rdf.formats import HTML
from kommunegraf.server.context import Context
from kommunegraf.server.http.answers import Answer
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.pages import responses
from kommunegraf.server.pages.page import page_of

_AT_ONCE = 2
"""Files that are checked at one time; each may take a process with memory of its own."""


def routes(context: Context) -> list[Route]:
    """The address of the page. There is none where the server has no tables to check against."""
    if context.data is None:
        return []
    limiter = CapacityLimiter(_AT_ONCE)
    def checked(forms: Forms, content: bytes, name: str, lang: str) -> tuple[Check, str]:
        """What the check says of a file, and why it could not be read."""
        try:
            return checking.check(reading.sheets(content, name), forms.register, date.today(), lang), ""
        except Unreadable as error:
            return Check(), error.message(lang)

    async def page(request: Request) -> Answer:
        forms = context.state.documents.forms
        if forms is None:  # the tables are of another register
            raise Problem("not-found")
        shown = page_of(request, context.site, "contribute")
        try:
            upload = await _upload(request) if request.method == "POST" else None
            content = await upload.read() if upload else b""
        except Problem as problem:
            return responses.problem(request, shown, problem)
        found, refusal, name = None, "", ""
        if upload is not None:
            name = upload.filename or ""
            found, refusal = await run_sync(checked, forms, content, name, shown.lang, limiter=limiter)
        body = shown.html("contribution.html", found=found, refusal=refusal, name=name)
        kept = {"Cache-Control": "no-store"} if request.method == "POST" else {}
        return responses.document(request, body.encode("utf-8", "replace"), HTML.content_type, shown.lang, kept)

    return [Route("/contribute", page, methods=["GET", "HEAD", "POST"])]


async def _upload(request: Request) -> UploadFile:
    """The file of a form's body, which never leaves memory. Raises Problem."""

    async def body() -> AsyncIterator[bytes]:
        yield request.scope["content"]
        yield b""

    headers = Headers(scope=request.scope)
    if not headers.get("content-type", "").startswith("multipart/form-data"):
        raise Problem("missing-file")
    parser = MultiPartParser(headers, body(), max_files=1, max_fields=5)  # type: ignore[arg-type]
    parser.spool_max_size = len(request.scope["content"]) + 1
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError):
        raise Problem("missing-file") from None
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Problem("missing-file")
    return file
