"""The documents of the site as resources for assistants, by the IRIs of what they are about."""

from itertools import islice
from typing import NamedTuple

from anyio.to_thread import run_sync

from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import BASE, SHARED
from kommunegraf.publish.documents import Documents, media_type
from kommunegraf.rdf.formats import TURTLE, WrongFormat
from kommunegraf.server.context import Context
from kommunegraf.server.documents.dereference import suggestions
from kommunegraf.server.http.problems import Problem
from kommunegraf.site import addresses

TEMPLATE = BASE + "{+path}"
"""The addresses of all documents (RFC 6570)."""
PAGE = 500
"""Resources in one part of the list."""


class Listed(NamedTuple):
    """A resource in the list: its IRI, and its name in both languages."""

    iri: str
    name: str


class Document(NamedTuple):
    """A document: its media type and its content."""

    media: str
    content: bytes


def listed(documents: Documents, first: int) -> tuple[list[Listed], int | None]:
    """A part of all resources, and where the next part begins; None after the last."""
    iris = documents.pages.resources
    views = [documents.site.views[lang] for lang in LANGUAGES]
    part = [Listed(iri, " / ".join(dict.fromkeys(view.label(iri) for view in views))) for iri in islice(iris.values(), first, first + PAGE)]
    return part, first + PAGE if first + PAGE < len(iris) else None


async def read(context: Context, address: str) -> Document:
    """The document at an address: below the base IRI, or at this server. That of a resource itself is Turtle. Raises Problem."""
    documents = context.state.documents
    base = next((base for base in (BASE, SHARED, context.public) if address.startswith(base)), None)
    path = addresses.indexed(address.removeprefix(base)) if base else ""
    name = path + TURTLE.suffix if documents.pages.resource(path) else path
    try:
        content = await run_sync(documents.read, name) if name else None
    except WrongFormat:  # RDF/XML cannot say everything
        content = None
    if content is None:
        raise Problem("not-found", await run_sync(suggestions, documents, path))
    most = context.settings.page_megabytes
    if len(content) > most << 20:
        raise Problem("result-too-large", most=most)
    return Document(media_type(name), content)
