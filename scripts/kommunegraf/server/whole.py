"""The application with all its parts: endpoint, questions, query page, and the documents of the site."""

from starlette.applications import Starlette
from starlette.routing import Mount

from kommunegraf.server import app
from kommunegraf.server.context import Context
from kommunegraf.server.documents.dereference import Dereference
from kommunegraf.server.pages import assets, query_page, questions


def whole(context: Context) -> Starlette:
    """The application over a context that is open while it runs."""
    context.query_page = query_page.QueryPage(context)
    return app.app(context, [
        *questions.routes(context), *query_page.routes(context), *assets.routes(), Mount("/", app=Dereference(context)),
    ])
