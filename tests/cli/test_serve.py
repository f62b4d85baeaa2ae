"""`kommunegraf serve` as an operator runs it: its messages, its signals, its log."""

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import pytest
from tests.helpers import command
from tests.helpers.serving import serving

from kommunegraf.namespaces import BASE, SKOS

COMMAND = [sys.executable, "-m", "kommunegraf", "serve", "--port", "0"]
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . ?p ?q ?r }"


class Running:
    """A server that runs: its process, its address, and the lines of its log until now."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.log: list[str] = []
        assert process.stdout and process.stderr
        self._errors = process.stderr
        self.following = threading.Thread(target=self._follow, daemon=True)
        self.following.start()
        self.said = process.stdout.readline()
        self.base = self.said.split()[-1].rstrip("/") if self.said else ""

    def _follow(self) -> None:
        self.log.extend(iter(self._errors.readline, ""))

    def until(self, holds: Callable[[], bool], seconds: float = 30) -> bool:
        """Whether something holds before the time is over."""
        ends = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > ends:
                return False
            time.sleep(0.1)
        return True


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[Running]:
    """The command with some arguments, over a free port; ended at the end."""
    variables = {**os.environ, **{f"KOMMUNEGRAF_{name.upper()}": value for name, value in environment.items()}}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    with subprocess.Popen([*COMMAND, *arguments], env=variables, **pipes) as process:
        try:
            yield Running(process)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(30)


def refused(*arguments: str, **environment: str) -> str:
    """What the command says when it does not start; it ends with code 1, and shows no inner working."""
    with mock.patch.dict(os.environ, {f"KOMMUNEGRAF_{name.upper()}": value for name, value in environment.items()}):
        done = command.run("serve", "--port", "0", *arguments)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert "Traceback" not in done.stderr and done.stderr.count("\n") <= 4, done.stderr
    return done.stderr


def write(file: Path, *names: str) -> Path:
    """A small graph that has some things."""
    beside = file.with_suffix(".new")
    beside.write_text("".join(f'<{BASE}thing/{n}> <{SKOS}prefLabel> "Ting {n}"@da, "Thing {n}"@en .\n' for n in names), "utf-8")
    beside.replace(file)
    return file


def has(server: Running, name: str) -> bool:
    return httpx.get(f"{server.base}/thing/{name}.ttl").status_code == 200


@pytest.mark.slow
def test_the_built_graph_is_served_where_the_command_says(built: Path) -> None:
    with running("--graph", str(built)) as server:
        assert re.fullmatch(r"Kommunegraf is at http://127\.0\.0\.1:\d+/\n", server.said)
        assert httpx.get(f"{server.base}/municipality/0751", follow_redirects=True, timeout=60).status_code == 200
        assert httpx.get(f"{server.base}/dump/kommunegraf.xlsx", timeout=60).status_code == 200
        assert httpx.get(f"{server.base}/ready").json() == {"status": "ready"}
        assert httpx.get(f"{server.base}/questions/regions?format=csv").text.count("\n") > 5


def test_a_foreign_file_is_served_with_queries_and_documents_and_a_quiet_server_logs_no_request(tmp_path: Path) -> None:
    (tmp_path / "foreign.ttl").write_text('<http://example.org/a> <http://example.org/p> "æ" .', "utf-8")
    with running("--quiet", str(tmp_path / "foreign.ttl")) as server:
        answer = httpx.get(f"{server.base}/sparql", params={"query": "SELECT ?o { ?s ?p ?o }"}, headers={"Accept": "text/csv"})
        assert answer.text.split() == ["o", "æ"]
        for path in ("/", "/all", "/robots.txt", "/dump/", "/municipality/"):
            assert httpx.get(server.base + path, follow_redirects=True, headers={"Accept": "text/html"}).status_code in (200, 404)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(10)
        server.following.join(10)
        assert server.log == []


def test_the_data_is_loaded_anew_on_sighup_and_a_broken_file_leaves_the_old_data(tmp_path: Path) -> None:
    file = write(tmp_path / "data.ttl", "a")
    with running(str(file)) as server:
        write(file, "a", "b")
        assert not has(server, "b")
        server.process.send_signal(signal.SIGHUP)
        assert server.until(lambda: has(server, "b") and any("the data was reloaded" in line for line in server.log))
        file.write_text("<a> <b> this is no Turtle", "utf-8")
        server.process.send_signal(signal.SIGHUP)
        assert server.until(lambda: any("the old data stays" in line and "data.ttl" in line for line in server.log))
        assert has(server, "a") and httpx.get(f"{server.base}/ready").status_code == 200
        file.unlink()
        server.process.send_signal(signal.SIGHUP)
        assert server.until(lambda: sum("the old data stays" in line for line in server.log) == 2)
        assert has(server, "a")
        write(file, "c")
        server.process.send_signal(signal.SIGHUP)
        assert server.until(lambda: has(server, "c"))
        assert not [line for line in server.log if "Traceback" in line]


def test_watched_files_are_loaded_when_they_change(tmp_path: Path) -> None:
    file = write(tmp_path / "data.ttl", "a")
    with running("--watch", str(file)) as server:
        write(file, "a", "b")
        assert server.until(lambda: has(server, "b"))
        file.write_text("broken", "utf-8")
        assert server.until(lambda: any("the old data stays" in line for line in server.log))
        write(file, "c")
        assert server.until(lambda: has(server, "c") and not has(server, "a"))


def spent(process: int) -> float:
    """Seconds of processor time that the workers of a server have had."""
    try:
        workers = [pid for holder in children(process) for pid in children(holder)]
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in workers]
    except OSError:
        return 0
    return sum(int(field[11]) + int(field[12]) for field in fields) / os.sysconf("SC_CLK_TCK")


@pytest.mark.slow
def test_a_request_under_way_is_answered_before_the_server_ends(built: Path) -> None:
    with running("--graph", str(built), "--query-seconds", "3") as server:
        answers: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: answers.append(httpx.get(f"{server.base}/sparql", params={"query": SLOW}, timeout=30)))
        asking.start()
        assert server.until(lambda: spent(server.process.pid) > 0.5)
        server.process.send_signal(signal.SIGTERM)
        asking.join()
        assert [(answer.status_code, answer.json()["type"].partition("#")[2]) for answer in answers] == [(504, "problem-time-limit")]
        assert server.process.wait(10) == 0
        assert not [line for line in server.log if "Traceback" in line]
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.base)


@contextmanager
def starting(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """The command as it loads its data: the process that is to hold them has come."""
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not children(process.pid) and process.poll() is None:
            time.sleep(0.01)
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_who_ends_a_loading_server_is_obeyed_and_nothing_is_left(built: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with starting("--graph", str(built)) as process:
        assert list(tmp_path.iterdir())
        process.send_signal(signal.SIGTERM)
        out, errors = process.communicate(timeout=60)
    assert (process.returncode, out, errors) == (0, "", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_data_is_loaded_anew_after_the_loading_during_which_it_was_asked_for(built: Path) -> None:
    with starting("--graph", str(built)) as process:
        process.send_signal(signal.SIGHUP)
        server = Running(process)
        assert server.base.startswith("http://")
        assert server.until(lambda: any("the data was reloaded" in line for line in server.log))
        assert httpx.get(f"{server.base}/ready").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_place_where_workers_cannot_meet_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far = tmp_path / ("a" * 120)
    far.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(far))
    assert "TMPDIR" in refused(str(write(tmp_path / "data.ttl", "a")))
    assert not list(far.iterdir())


def children(process: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_flags_win_over_the_environment_and_nothing_runs_on_when_the_server_was_killed(tmp_path: Path) -> None:
    address = "https://other.example.org/"
    with running(str(write(tmp_path / "data.ttl", "a")), "--public", address, public="https://data.example.org/kg/") as server:
        assert server.said == f"Kommunegraf is at {address}\n"
        (holder,) = children(server.process.pid)
        workers = children(holder)
        assert workers
        server.process.kill()
        assert server.until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in (holder, *workers)), 10)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    file = write(tmp_path / "data.ttl", "a")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        message = refused("--port", port, str(file))
    assert port in message and "in use" in message


def test_what_is_missing_or_unreadable_is_told(tmp_path: Path) -> None:
    assert "kommunegraf build" in refused("--graph", str(tmp_path / "nowhere"))
    assert "missing.ttl" in refused(str(tmp_path / "missing.ttl"))
    (tmp_path / "broken.ttl").write_text("<a> <b> this is no Turtle", "utf-8")
    message = refused(str(tmp_path / "broken.ttl"))
    assert "broken.ttl" in message and "line 1" in message
    (tmp_path / "data.xyz").write_text("", "utf-8")
    assert "data.xyz" in refused(str(tmp_path / "data.xyz"))
    assert "no such folder" in refused("--previous", str(tmp_path / "nowhere"), str(write(tmp_path / "data.ttl", "a")))


@pytest.mark.parametrize(("name", "value", "told"), [
    ("query_seconds", "soon", "KOMMUNEGRAF_QUERY_SECONDS is a number, not 'soon'"),
    ("quick_queries", "1.5", "KOMMUNEGRAF_QUICK_QUERIES is a whole number"),
    ("query_seconds", "0", "query_seconds is a number from 0.1"), ("query_megabytes", "-1", "query_megabytes is a number from 16"),
    ("public", "example.org", "public is an http or https address"),
    ("endpoint", "file:///etc/passwd", "endpoint is an http or https address"),
    ("port", "99999", "port"), ("query_seconds", "nan", "query_seconds is a number from 0.1"),
    ("host", "no.such.host.invalid", "no.such.host.invalid"),
])
def test_a_setting_that_cannot_be_used_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(f"KOMMUNEGRAF_{name.upper()}", value)
    port = [] if name == "port" else ["--port", "0"]
    data = [] if name == "endpoint" else [str(write(tmp_path / "data.ttl", "a"))]
    done = command.run("serve", *port, *data)
    assert done.returncode == 1 and told in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_an_endpoint_that_does_not_answer_is_told() -> None:
    assert "http://127.0.0.1:9/sparql did not answer" in refused("--endpoint", "http://127.0.0.1:9/sparql")


def test_the_log_has_a_line_for_each_request_and_no_query(tmp_path: Path) -> None:
    """And an idle connection does not hold the server when it is to end."""
    secret = "SELECT ?secret { ?secret ?p 'Herlev' }"
    with running(str(write(tmp_path / "data.ttl", "a"))) as server, httpx.Client(base_url=server.base) as idle:
        httpx.get(f"{server.base}/sparql", params={"query": secret})
        httpx.post(f"{server.base}/sparql", data={"query": secret})
        httpx.get(f"{server.base}/thing/a.ttl")
        httpx.get(f"{server.base}/no%0Athing\u2028\"x")
        assert server.until(lambda: len(server.log) >= 4)
        lines = [json.loads(line) for line in server.log]
        assert idle.get("/health").status_code == 200
        with socket.create_connection(("127.0.0.1", httpx.URL(server.base).port or 0)):
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(10) == 0
    assert [(line["method"], line["status"]) for line in lines] == [("GET", 200), ("POST", 200), ("GET", 200), ("GET", 404)]
    digest = hashlib.sha256(secret.encode()).hexdigest()
    for line in lines[:2]:
        assert digest.startswith(line["query"]) and line["ms"] > 0 and line["bytes"] > 0
        assert line["client"] == "127.0.0.1" and line["path"] == "/sparql" and line["time"].endswith("+00:00")
    assert "secret" not in "".join(server.log) and "Herlev" not in "".join(server.log)


def test_no_header_tells_what_the_server_is_made_of(tmp_path: Path) -> None:
    with serving(write(tmp_path / "data.ttl", "a")) as server:
        for path in ("/", "/thing/a.ttl", "/sparql?query=x", "/nothing", "/health", "/assets/x"):
            headers = httpx.get(server.base + path).headers
            assert "server" not in headers and "x-powered-by" not in headers
            assert not re.search("uvicorn|starlette|python|oxigraph", str(headers), re.I)


def test_an_operator_sets_things_by_environment(tmp_path: Path) -> None:
    with running(str(write(tmp_path / "data.ttl", "a")), public="https://data.example.org/kg/") as server:
        assert server.said == "Kommunegraf is at https://data.example.org/kg/\n"
