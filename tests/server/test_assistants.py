"""What an assistant sees over both transports, asked with the client of the protocol's own SDK: tools, answers, documents, refusals."""

import json
import os
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx
import jsonschema
import mcp_types as types
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError
from tests.helpers import ROOT, calls
from tests.helpers.calls import LIBRARY
from tests.helpers.coroutines import finish
from tests.helpers.serving import Served, serving

from kommunegraf.languages import texts
from kommunegraf.namespaces import BASE
from kommunegraf.rdf.engines import Embedded
from kommunegraf.server.assistants import answers, documents, routes, tools
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings

TOOLS = tools.tools(Settings())
ADOPTERS = "adopters-of-initiative"
T = TypeVar("T")


def over_http(served: Served, work: Callable[[Client], Awaitable[T]], mode: str = "auto") -> T:
    """What some work with a client of `/mcp` gives."""
    async def main() -> T:
        async with Client(f"{served.base}/mcp", mode=mode) as client:
            return await work(client)

    return finish(main())


def over_pipes(built: Path, work: Callable[[Client], Awaitable[T]]) -> T:
    """The same with `kommunegraf mcp` as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    command = StdioServerParameters(command=sys.executable, args=["-m", "kommunegraf", "mcp", "--graph", str(built)], env=environment)

    async def main() -> T:
        async with Client(stdio_client(command)) as client:
            return await work(client)

    return finish(main())


def answer(served: Served, name: str, **values: Any) -> dict[str, Any]:
    """The answer of a tool, without a client between. Raises Problem."""
    fields: dict[str, Any] = served.run(answers.call(served.context, TOOLS[name], values, "test", ""))
    return fields


def test_an_assistant_is_told_what_the_data_covers(served: Served, built: Path) -> None:
    async def told(client: Client) -> str:
        return client.instructions or ""

    for instructions in (over_http(served, told), over_pipes(built, told)):
        assert "i Danmarks 98 kommuner." in instructions and "in Denmark's 98 kommuner." in instructions


def test_each_question_is_a_tool_in_both_languages(served: Served) -> None:
    async def listed(client: Client) -> list[types.Tool]:
        return (await client.list_tools()).tools

    each = {tool.name: tool for tool in over_http(served, listed)}
    assert set(each) == {*LIBRARY, "opportunities"}
    for name, question in LIBRARY.items():
        tool = each[name]
        assert all(question.title[lang] in (tool.title or "") for lang in ("da", "en"))
        assert all(question.description[lang].strip() in (tool.description or "") for lang in ("da", "en"))
        assert set(tool.input_schema["properties"]) - {"limit", "offset", "lang"} == set(question.parameters) - {"lang"}
        assert tool.annotations and tool.annotations.read_only_hint
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        defaults = {name: schema["default"] for name, schema in tool.input_schema["properties"].items()}
        jsonschema.validate(defaults, tool.input_schema)
    assert all(re.fullmatch(r"[a-z0-9-]{1,64}", name) for name in each)


@pytest.mark.parametrize("question", LIBRARY.values(), ids=LIBRARY)
def test_each_answer_has_the_library_s_rows_and_what_they_rest_on(question: Any, served: Served, engine: Embedded) -> None:
    fields = answer(served, question.name, **calls.arguments(question))
    expected = calls.ask(engine, question)
    if expected.is_graph:
        assert fields["graph"].startswith("@prefix")
    else:
        rows = expected.rows()
        assert fields["rows"] == rows[: len(fields["rows"])] and fields["more"] is (len(rows) > len(fields["rows"]))
        assert set(fields["columns"]) == set(expected.columns)
    assert fields["version"] and (fields["sources"] or fields["note"])
    named = {source["source"] for source in fields["sources"]}
    assert all(adoption["status"] and "asOf" in adoption and adoption["source"] in named for adoption in fields["adoptions"])
    assert all(source["title"] and {"year", "address"} <= source.keys() for source in fields["sources"])


def test_a_count_is_not_given_the_source_of_the_names_beside_it(served: Served) -> None:
    fields = answer(served, "municipalities-by-adoptions")
    assert (fields["sources"], fields["note"]) == ([], texts("assistants")["counts"]["da"])
    assert {source["behind"][0] for source in answer(served, "municipalities")["sources"]} == {"municipality"}
    assert "cedi-2014" in str(answer(served, "prevalence")["sources"])


def test_an_answer_says_status_year_and_source_as_the_graph_does(served: Served) -> None:
    fields = answer(served, "initiatives-of-municipality", municipality="Vejle", lang="en")
    stated = served.context.site.claims.adoptions
    adoptions = {one.iri: one for (municipality, _), one in stated.items() if municipality == f"{BASE}municipality/0630"}
    assert {one["adoption"] for one in fields["adoptions"]} == set(adoptions)
    for one in fields["adoptions"]:
        adoption = adoptions[one["adoption"]]
        assert (one["asOf"], one["against"], one["source"]) == (adoption.as_of, len(adoption.against), adoption.deciding.source.iri)


def test_opportunities_are_those_of_the_matcher(served: Served) -> None:
    matcher = served.context.site.matcher["en"]
    assert len(answer(served, "opportunities")["rows"]) == len(matcher.opportunities)
    someone = matcher.opportunities[0].audience[0]
    some = answer(served, "opportunities", municipality=someone.name, lang="en")
    assert len(some["rows"]) == len(matcher.concerning(municipality=someone.iri)) > 0
    assert {source for row in some["rows"] for source in row["sources"]} == {source["source"] for source in some["sources"]}
    one, two = (answer(served, "opportunities", limit=1, offset=number) for number in (0, 1))
    assert len(one["rows"]) == 1 and one["more"] and one["rows"] != two["rows"]


async def said(client: Client) -> list[Any]:
    """What a client sees of some calls, without the address that only HTTP has."""
    adopters = await client.call_tool(ADOPTERS, {"initiative": "open-data", "limit": 3, "lang": "en"})
    wrong = await client.call_tool(ADOPTERS, {"initiative": "open-date"})
    document = await client.read_resource(f"{BASE}municipality/0751")
    assert adopters.structured_content == json.loads(adopters.content[0].text)  # type: ignore[union-attr]
    adopters.structured_content.pop("address", None)
    return [adopters.structured_content, wrong.content, wrong.is_error, document.contents, (await client.list_tools()).tools]


def test_both_ages_of_the_protocol_give_one_answer(served: Served) -> None:
    now = over_http(served, said)
    assert now == over_http(served, said, "legacy")
    assert len(now[0]["rows"]) == 3 and now[0]["more"] and now[2] is True


@pytest.mark.slow
def test_both_transports_give_one_answer(built: Path, served: Served) -> None:
    assert over_pipes(built, said) == over_http(served, said)


def test_over_http_an_answer_has_an_address_where_a_person_sees_it(served: Served) -> None:
    async def work(client: Client) -> str:
        answer = await client.call_tool(ADOPTERS, {"initiative": "open-data", "limit": 3, "lang": "en"})
        return str(answer.structured_content["address"])

    page = httpx.get(over_http(served, work), headers={"Accept": "text/html"})
    assert page.status_code == 200 and "Which municipalities have" in page.text


QUOTES = '" } } INSERT DATA { <http://e/a> <http://e/b> 1 } #'
HOSTILE: list[tuple[str, dict[str, Any], str]] = [
    (ADOPTERS, {"initiative": QUOTES}, "unknown-name"),
    (ADOPTERS, {"initiative": "open-data> } SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } #"}, "unknown-name"),
    (ADOPTERS, {"initiative": "\0"}, "unknown-name"),
    (ADOPTERS, {"initiative": "w" * (2 << 20)}, "request-too-large"),
    (ADOPTERS, {"initiative": ["open-data"]}, "wrong-parameters"),
    (ADOPTERS, {"initiative": {"iri": "open-data"}}, "wrong-parameters"),
    (ADOPTERS, {"initiative": True}, "wrong-parameters"),
    (ADOPTERS, {"initiative": None}, "wrong-parameters"),
    (ADOPTERS, {"initiative": 1.5}, "wrong-parameters"),
    (ADOPTERS, {"initiative": "open-data", "limit": 0}, "wrong-range"),
    (ADOPTERS, {"initiative": "open-data", "limit": 10**30}, "wrong-range"),
    (ADOPTERS, {"initiative": "open-data", "offset": -1}, "wrong-range"),
    (ADOPTERS, {"initiative": "open-data", "lang": "de"}, "wrong-choice"),
    (ADOPTERS, {"initiative": "open-data", "lang": ["da"]}, "wrong-parameters"),
    (ADOPTERS, {"initiative": "open-data", "format": "html"}, "unknown-parameter"),
    (ADOPTERS, {"initiative": "open-data", "__class__": "x"}, "unknown-parameter"),
    ("describe", {"resource": "javascript:alert(1)"}, "wrong-iri"),
    ("describe", {"resource": "http://e/> ?p ?o } #"}, "wrong-iri"),
    ("initiatives-in-year", {"year": "2014 } #"}, "wrong-integer"),
    ("opportunities", {"municipality": QUOTES}, "unknown-name"),
    ("opportunities", {"limit": 10**9}, "wrong-range"),
    ("opportunities", {"lang": "'"}, "wrong-choice"),
]


@pytest.mark.parametrize(("name", "values", "problem"), HOSTILE, ids=[str(number) for number in range(len(HOSTILE))])
def test_hostile_arguments_are_refused_with_the_reason(name: str, values: dict[str, Any], problem: str, served: Served) -> None:
    with pytest.raises(Problem) as refusal:
        answer(served, name, **values)
    assert refusal.value.name == problem


def test_a_hostile_text_is_searched_for_as_it_stands(served: Served) -> None:
    for text in (QUOTES, "\\", "'''", "\u202e\ufeff", "{}", "?s ?p ?o", "\x07"):
        assert answer(served, "find-word", word=text, lang="en")["rows"] == [], text
    assert answer(served, "find-word", word="wifi", lang="en")["rows"]


@pytest.mark.parametrize("transport", ["http", pytest.param("pipes", marks=pytest.mark.slow)])
def test_after_all_hostile_arguments_both_transports_still_answer(transport: str, built: Path, served: Served) -> None:
    small = [(name, values) for name, values, problem in HOSTILE if problem != "request-too-large"]

    async def work(client: Client) -> Any:
        for name, values in small:
            refusal = await client.call_tool(name, values)
            assert refusal.is_error and "Traceback" not in str(refusal.content)
        with pytest.raises(MCPError, match="there is no tool 'DROP'"):
            await client.call_tool("DROP", {})
        for address in (f"{BASE}municipality/9999", f"{BASE}../../etc/passwd", "file:///etc/passwd", f"{BASE}\0", BASE + "a" * 100_000):
            with pytest.raises(MCPError, match="Not found|Server returned an error"):  # HTTP has the address in a header, which has a limit
                await client.read_resource(address)
        with pytest.raises(MCPError, match="cursor"):
            await client.list_resources(cursor="-1")
        return (await client.call_tool(ADOPTERS, {"initiative": "open-data", "limit": 1})).structured_content["rows"]

    assert len(over_http(served, work) if transport == "http" else over_pipes(built, work)) == 1


def test_a_huge_call_is_refused_before_it_is_read(served: Served) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": ADOPTERS, "arguments": {"initiative": "w" * (2 << 20)}}}
    headers = {"Accept": "application/json, text/event-stream"}
    assert httpx.post(f"{served.base}/mcp", json=call, headers=headers).status_code == 413


NO_CALLS = [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"jsonrpc":"2.0"}', b"[" * 100_000, b'{"jsonrpc":"2.0","id":1,"method":"x"}']


@pytest.mark.parametrize("body", NO_CALLS, ids=range(len(NO_CALLS)))
def test_what_is_no_call_is_refused(body: bytes, served: Served) -> None:
    for version in ("", "2025-06-18", "2026-07-28", "1"):
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": version}
        answer = httpx.post(f"{served.base}/mcp", content=body, headers={name: value for name, value in headers.items() if value})
        assert "Traceback" not in answer.text
        assert answer.status_code in (400, 404) or "error" in answer.json()
    assert httpx.get(f"{served.base}/ready").status_code == 200


def test_a_query_that_meets_a_limit_is_told_as_an_error_of_the_tool(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async def late(*_: Any) -> bytes:
        raise Problem("time-limit", seconds=10.0)

    monkeypatch.setattr(served.context, "read", late)

    async def work(client: Client) -> types.CallToolResult:
        result = await client.call_tool(ADOPTERS, {"initiative": "smart-grid", "lang": "en"})
        assert isinstance(result, types.CallToolResult)
        return result

    result = over_http(served, work)
    assert result.is_error and "10 seconds" in str(result.content[0])


def test_a_document_that_is_too_large_is_refused(tmp_path: Path) -> None:
    thing, large = f"{BASE}organisation/large", tmp_path / "large.nt"
    large.write_text(f'<{thing}> <http://www.w3.org/2004/02/skos/core#prefLabel> "{"x" * (2 << 20)}" .\n', "utf-8")
    with serving(large, page_megabytes=1) as small, pytest.raises(Problem) as refusal:
        small.run(documents.read(small.context, thing))
    assert refusal.value.name == "result-too-large"


def test_the_list_of_documents_has_each_resource_once_and_each_can_be_read(served: Served) -> None:
    async def work(client: Client) -> list[str]:
        iris, cursor = [], None
        while True:
            part = await client.list_resources(cursor=cursor)
            iris += [str(resource.uri) for resource in part.resources]
            cursor = part.next_cursor
            if cursor is None:
                return iris

    iris = over_http(served, work)
    assert iris == list(served.context.state.documents.pages.resources.values())
    for iri in iris[:: len(iris) // 20]:
        assert served.run(documents.read(served.context, iri)).content.startswith(b"@prefix")
    page = served.run(documents.read(served.context, f"{BASE}municipality/0751.en.html"))
    assert page.media.startswith("text/html") and b"Aarhus" in page.content


def test_only_posts_are_answered(served: Served) -> None:
    for method in ("GET", "DELETE", "PUT"):
        refusal = httpx.request(method, f"{served.base}/mcp")
        assert (refusal.status_code, refusal.headers["allow"]) == (405, "POST")


def test_without_the_sdk_the_server_has_no_such_address(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [route.path for route in routes.routes(served.context)] == ["/mcp"]
    monkeypatch.setattr(routes, "find_spec", lambda name: None)
    assert routes.routes(served.context) == []
