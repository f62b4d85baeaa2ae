"""The Model Context Protocol over a context, with its official SDK: handlers of requests, over standard input and over HTTP.

Over HTTP each request stands alone: there are no sessions, and an answer is one JSON document.
"""

from base64 import b64encode
from collections.abc import Iterable
from json import dumps
from typing import Any

import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from starlette.types import Message, Receive, Scope, Send

from kommunegraf import __version__
from kommunegraf.languages import LANGUAGES, texts
from kommunegraf.namespaces import BASE
from kommunegraf.rdf.formats import TURTLE
from kommunegraf.server.assistants import answers, documents
from kommunegraf.server.assistants.tools import Tool, tools
from kommunegraf.server.context import Context
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.http.requests import client as client_of
from kommunegraf.server.http.requests import while_present
from kommunegraf.server.pages.openapi import joined
from kommunegraf.server.sparql import protocol

Call = Any
"""The SDK's context of a request; `request` is the HTTP request, None over standard input."""
_READING = types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, destructive_hint=False, open_world_hint=False)


class Assistants:
    """What assistants may ask of a context."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._tools = tools(context.settings)
        self._listed = [_listed(tool) for tool in self._tools.values()]
        self.server: Server[Any] = Server(
            "kommunegraf", version=__version__, title="Kommunegraf", website_url=BASE,
            get_tool_input_schema=self._schema, on_list_tools=self._list_tools, on_call_tool=self._call,
            on_list_resources=self._list_documents, on_list_resource_templates=self._templates, on_read_resource=self._read,
        )

    def _introduce(self) -> None:
        """Say in the instructions what the data covers, as it stands now."""
        coverage, text = self._context.site.coverage, texts("assistants")["instructions"]
        self.server.instructions = joined({lang: coverage.fill(text[lang], lang) for lang in LANGUAGES})

    async def over_pipes(self) -> None:
        """Serve one assistant over standard input and output, to the end of the input."""
        self._introduce()
        async with stdio_server() as (incoming, outgoing):
            await self.server.run(incoming, outgoing, self.server.create_initialization_options())

    async def over_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whose body was read already (see `Guard`). When its client goes away, the work ends."""
        self._introduce()
        body = [{"type": "http.request", "body": scope["content"], "more_body": False}]

        async def content() -> Message:
            return body.pop() if body else await receive()

        manager = StreamableHTTPSessionManager(
            self.server, json_response=True, stateless=True, max_request_body_size=self._context.settings.body_megabytes << 20,
        )
        async with manager.run():
            await while_present(receive, manager.handle_request(scope, content, send))

    def _schema(self, name: str) -> dict[str, Any] | None:
        return self._tools[name].schema if name in self._tools else None

    async def _list_tools(self, call: Call, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=self._listed)

    async def _call(self, call: Call, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = self._tools.get(params.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, f"there is no tool {params.name[:100]!r}")
        values = params.arguments or {}
        try:
            answer = await answers.call(self._context, tool, values, _client(call), _top(call, self._context.settings.public))
        except Problem as problem:
            lang = values.get("lang") if values.get("lang") in LANGUAGES else LANGUAGES[0]
            return types.CallToolResult(content=[_text(_told(problem, str(lang)))], is_error=True)
        return types.CallToolResult(content=[_text(dumps(answer, ensure_ascii=False))], structured_content=answer)

    async def _list_documents(self, call: Call, params: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
        cursor = params.cursor if params and params.cursor else "0"
        if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
            raise MCPError(types.INVALID_PARAMS, "the cursor is none of this list")
        part, following = documents.listed(self._context.state.documents, int(cursor))
        listed = [types.Resource(name=one.name, uri=one.iri, mime_type=TURTLE.media) for one in part]
        return types.ListResourcesResult(resources=listed, next_cursor=None if following is None else str(following))

    async def _templates(self, call: Call, params: types.PaginatedRequestParams | None) -> types.ListResourceTemplatesResult:
        described = types.ResourceTemplate(
            name="documents", uri_template=documents.TEMPLATE, description=joined(texts("assistants")["documents"])
        )
        return types.ListResourceTemplatesResult(resource_templates=[described])

    async def _read(self, call: Call, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        try:
            document = await documents.read(self._context, str(params.uri))
        except Problem as problem:
            raise MCPError(types.INVALID_PARAMS, _told(problem, LANGUAGES[-1])) from None
        return types.ReadResourceResult(contents=[_contents(str(params.uri), document)])


def _listed(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name, title=tool.title, description=tool.description, input_schema=tool.schema, annotations=_READING
    )


def _client(call: Call) -> str:
    """The key that the queries of a request are counted under."""
    return client_of(call.request.scope) if call.request is not None else "pipe"


def _top(call: Call, public: str) -> str:
    """The address of the server as the client sees it; over standard input the public one, if there is one."""
    if call.request is None:
        return public
    return protocol.address(call.request.scope, call.request.headers.get("host", ""), public).rpartition("/")[0] + "/"


def _told(problem: Problem, lang: str) -> str:
    """A problem in words, with what may have been meant."""
    near: Iterable[str] = problem.suggestions[:10]
    return "\n".join([": ".join(problem.text(lang)), *near])


def _text(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)


def _contents(address: str, document: documents.Document) -> types.TextResourceContents | types.BlobResourceContents:
    try:
        return types.TextResourceContents(uri=address, mime_type=document.media, text=document.content.decode("utf-8"))
    except UnicodeDecodeError:
        return types.BlobResourceContents(uri=address, mime_type=document.media, blob=b64encode(document.content).decode("ascii"))
