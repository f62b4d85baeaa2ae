"""What docs/operating.md tells an operator is so, and its examples work: beside real nginx, and within what the unit allows."""

import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from tests.bench.processes import family
from tests.helpers import ROOT
from tests.helpers.program import running
from tests.helpers.webservers import free_port, installed, open_folder

from kommunegraf.cli.serve import serve
from kommunegraf.languages import texts
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings

TEXT = (ROOT / "docs/operating.md").read_text("utf-8")
EXAMPLES = ROOT / "docs/examples"
UNIT = EXAMPLES / "kommunegraf.service"
ANALYZE = shutil.which("systemd-analyze")
LOOKUP = "SELECT ?p ?o WHERE { <https://w3id.org/kommunegraf/municipality/0751> ?p ?o }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?a != ?i) }"
Row = tuple[str, ...]


def rows(text: str, heading: str) -> list[Row]:
    """The cells of the table under a heading, without its head."""
    part = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [tuple(cell.strip().replace("`", "") for cell in line.strip("|").split("|")) for line in lines[2:]]


def settings_rows() -> list[Row]:
    """Setting, variable, flag and default, as the code has them."""
    flags = {parameter.name for parameter in serve.params}
    shown = {"quick_queries": "processors + 1"}
    return [
        (field.name, f"KOMMUNEGRAF_{field.name.upper()}", f"--{field.name.replace('_', '-')}" if field.name in flags else "",
         shown.get(field.name, str(field.default) or "empty"))
        for field in dataclasses.fields(Settings)
    ]


def test_the_table_of_settings_is_the_codes() -> None:
    assert [row[:4] for row in rows(TEXT, "Settings")] == settings_rows()
    assert Settings().quick_queries == 1 + (os.cpu_count() or 1)


def test_a_wrong_default_in_the_table_would_be_seen() -> None:
    wrong = TEXT.replace("| `8000` |", "| `8080` |")
    assert [row[:4] for row in rows(wrong, "Settings")] != settings_rows()


def test_every_other_flag_is_told_too() -> None:
    flags = {flag for parameter in serve.params if parameter.param_type_name == "option" for flag in parameter.opts}
    assert "--watch" in flags and not [flag for flag in flags if f"`{flag}" not in TEXT]


def test_the_table_of_problems_is_the_codes() -> None:
    for names, status, _ in rows(TEXT, "Limits, and what clients see"):
        for name in names.split(", "):
            problem = Problem(name, most=1, seconds="1", megabytes=1, message="", methods="")
            line = f"{problem.status}{' R' if 'Retry-After' in problem.headers else ''}"
            assert (name, status) == (name, line)
    limits = {name for name, kind in texts("problems").items() if kind["status"] in (413, 429, 502, 503, 504)}
    assert limits <= {name for names, *_ in rows(TEXT, "Limits, and what clients see") for name in names.split(", ")}


def test_the_examples_that_are_linked_exist() -> None:
    linked = re.findall(r"\]\((examples/[^)]+)\)", TEXT)
    assert sorted(linked) == sorted(f"examples/{file.name}" for file in EXAMPLES.iterdir())


@pytest.mark.slow
def test_the_access_log_has_the_fields_that_are_told(built: Path, tmp_path: Path) -> None:
    with running(tmp_path, str(built / "kommunegraf.nq")) as server:
        httpx.get(f"{server.base}/sparql", params={"query": LOOKUP}).raise_for_status()
        (entry,) = server.told(1)
    named = TEXT.split("The access log", 1)[1].split("\n- ", 1)[0]
    assert sorted(entry) == sorted(re.findall(r"`(\w+)`", named))
    assert entry["query"] and "municipality" not in json.dumps(entry)


@pytest.mark.slow
def test_behind_nginx_clients_are_known_by_their_own_address_and_see_the_public_one(built: Path, tmp_path: Path) -> None:
    if not installed("nginx"):
        pytest.skip("nginx is not installed")
    front = free_port()
    public = f"http://127.0.0.1:{front}/"
    with running(tmp_path, "--graph", str(built), KOMMUNEGRAF_PUBLIC=public) as server, open_folder() as place:
        text = (EXAMPLES / "nginx-proxy.conf").read_text("utf-8")
        text = text.replace("127.0.0.1:8000", server.base.removeprefix("http://")).replace("listen 80;", f"listen {front};")
        (place / "proxy.conf").write_text(text.replace("data.example.org", "127.0.0.1"), "utf-8")
        command = _nginx(place)
        own = httpx.Client(base_url=public, timeout=20, transport=httpx.HTTPTransport(local_address="127.0.0.2"))
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as nginx, own as client:
            try:
                _wait(public)
                document = client.get("municipality/0751", headers={"Accept": "text/turtle", "X-Forwarded-For": "192.0.2.7"})
                assert (document.status_code, document.headers["location"]) == (303, "0751.ttl")
                assert client.get("municipality/0751.en.html").headers["content-type"] == "text/html; charset=utf-8"
                answer = client.post("sparql", data={"query": LOOKUP}, headers={"Accept": "application/sparql-results+json"})
                assert len(answer.json()["results"]["bindings"]) > 10
                service = client.get("sparql", headers={"Accept": "text/turtle"})
                endpoints = {quad.object.value for quad in ox.parse(service.content, format=ox.RdfFormat.TURTLE, base_iri=public)
                             if quad.predicate.value.endswith("#endpoint") and isinstance(quad.object, ox.NamedNode)}
                assert endpoints == {f"{public}sparql"}
                large = client.get("sparql", params={"query": "SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }", "format": "csv"})
                assert large.status_code == 200 and large.content.count(b"\r\n") > 25_000
                assert client.post("sparql", content=b" " * 1_100_000).status_code == 413
            finally:
                nginx.terminate()
        entries = server.told(6)
    ours = [one for one in entries if one["path"] != "/health"]  # without the question whether the proxy is up
    assert {one["client"] for one in ours} == {"127.0.0.2"}, "not the client's own address, but the proxy's or what the client claims"


@pytest.mark.slow
def test_a_proxy_that_is_not_named_is_not_believed(built: Path, tmp_path: Path) -> None:
    claims = {"X-Forwarded-For": "192.0.2.7"}
    believed = []
    for proxies in ("127.0.0.1", "192.0.2.1"):
        with running(tmp_path, str(built / "kommunegraf.nq"), KOMMUNEGRAF_PROXIES=proxies) as server:
            httpx.get(f"{server.base}/health", headers=claims)
            believed.append(server.told(1)[-1]["client"])
    assert believed == ["192.0.2.7", "127.0.0.1"]


def _nginx(place: Path) -> list[str]:
    """The command of an nginx whose folders all lie in a place, with the file proxy.conf there."""
    folders = "".join(f"{kind}_temp_path {place}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    http = f"http {{ access_log off; {folders} include {place}/proxy.conf; }}\n"
    (place / "nginx.conf").write_text(f"daemon off; pid {place}/pid; error_log stderr; events {{ }}\n{http}")
    program = shutil.which("nginx", path="/usr/sbin:" + os.environ["PATH"])
    return [str(program), "-p", str(place), "-c", str(place / "nginx.conf")]


def _wait(address: str) -> None:
    for _ in range(100):
        try:
            httpx.get(address + "health")
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError("nginx did not start")


def directive(name: str) -> list[str]:
    """The values of a directive of the unit."""
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text("utf-8"), re.MULTILINE)


@pytest.mark.slow
@pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not installed")
def test_systemd_takes_the_unit_and_calls_it_safe(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text("utf-8").replace("/opt/kommunegraf/bin/kommunegraf", sys.executable), "utf-8")
    verified = subprocess.run([str(ANALYZE), "verify", str(unit)], capture_output=True, text=True)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    safe = subprocess.run([str(ANALYZE), "security", "--offline=true", "--threshold=15", str(unit)], capture_output=True, text=True)
    assert safe.returncode == 0, safe.stdout[-200:]


def allowed_calls() -> list[str]:
    """The system calls that the unit allows, as this systemd reads them."""
    allowed: set[str] = set()
    for value in directive("SystemCallFilter"):
        listed = {call for name in value.lstrip("~").split() for call in _expand(name)}
        allowed = allowed - listed if value.startswith("~") else allowed | listed
    return sorted(allowed | _expand("@default"))


def _expand(name: str) -> set[str]:
    if not name.startswith("@"):
        return {name}
    done = subprocess.run([str(ANALYZE), "syscall-filter", name], check=True, capture_output=True, text=True)
    words = [line.strip() for line in done.stdout.splitlines()[1:]]
    return {call for word in words if word and not word.startswith("#") for call in _expand(word)}


@pytest.mark.slow
@pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not installed")
@pytest.mark.parametrize(("forbidden", "works"), [((), True), (("prlimit64", "setrlimit"), False)], ids=["as it is", "without limits"])
def test_the_server_works_within_what_the_unit_allows(built: Path, tmp_path: Path, forbidden: tuple[str, ...], works: bool) -> None:
    """System calls, address families, no new code in memory and no new privileges, as the unit has them; each put on by the kernel."""
    calls = tmp_path / "allowed"
    calls.write_text("\n".join(call for call in allowed_calls() if call not in forbidden))
    families = directive("RestrictAddressFamilies")[0].split()
    before = [sys.executable, str(ROOT / "tests/tools/confine.py"), str(calls), ",".join(families)]
    tried = subprocess.run([*before, sys.executable, "-c", "import os; os.chroot('/')"], capture_output=True, text=True)
    if "confined" not in tried.stderr:
        pytest.skip(tried.stderr.strip().splitlines()[-1])
    assert "PermissionError" in tried.stderr, "what the unit forbids was possible"
    if not works:
        with pytest.raises((RuntimeError, subprocess.TimeoutExpired, httpx.HTTPError)), \
                running(tmp_path, "--graph", str(built), before=before) as server:
            httpx.get(f"{server.base}/sparql", params={"query": LOOKUP}, timeout=5).raise_for_status()
        return
    with running(tmp_path, "--graph", str(built), before=before, KOMMUNEGRAF_QUERY_SECONDS="2") as server:
        first = family(server.process.pid)
        assert httpx.get(f"{server.base}/municipality/0751.html", timeout=30).status_code == 200
        assert httpx.get(f"{server.base}/sparql", params={"query": LOOKUP}).status_code == 200
        assert httpx.get(f"{server.base}/sparql", params={"query": RUNAWAY}, timeout=10).status_code == 504
        assert httpx.get(f"{server.base}/sparql", params={"query": LOOKUP + " # again"}).status_code == 200
        server.process.send_signal(signal.SIGHUP)
        for _ in range(300):
            time.sleep(0.1)
            if "reloaded" in server.log.read_text("utf-8"):
                break
        assert "the data was reloaded" in server.log.read_text("utf-8")
        assert httpx.get(f"{server.base}/sparql", params={"query": LOOKUP + " # new"}).status_code == 200
        for _ in range(50):  # the old process ends a moment after
            if first[1] not in family(server.process.pid):
                break
            time.sleep(0.1)
        assert first[1] not in family(server.process.pid)
    assert server.process.returncode == 0


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Containerfile, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (EXAMPLES / "Containerfile").read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", "")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line]


def test_the_container_is_of_this_checkout_and_runs_without_rights() -> None:
    lines = instructions()
    copied = [value.split()[:-1] for name, value in lines if name == "COPY" and not value.startswith("--from")]
    assert copied and all((ROOT / path).exists() for paths in copied for path in paths)
    last = lines[max(place for place, (name, _) in enumerate(lines) if name == "FROM"):]
    assert int(dict(last)["USER"].split(":")[0]) > 0
    assert {"HEALTHCHECK", "ENTRYPOINT", "EXPOSE", "STOPSIGNAL"} <= {name for name, _ in last}
    assert json.loads(dict(last)["ENTRYPOINT"])[:2] == ["kommunegraf", "serve"]


@pytest.mark.slow
def test_the_health_check_of_the_container_tells_whether_the_server_answers(built: Path, tmp_path: Path) -> None:
    check = json.loads(dict(instructions())["HEALTHCHECK"].split("CMD", 1)[1])
    with running(tmp_path, str(built / "kommunegraf.nq")) as server:
        here = [word.replace("http://127.0.0.1:8000", server.base) for word in check]
        assert here != check
        assert subprocess.run([sys.executable, *here[1:]]).returncode == 0
    assert subprocess.run([sys.executable, *here[1:]], stderr=subprocess.DEVNULL).returncode != 0
