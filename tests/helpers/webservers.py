"""Real web servers for tests, on free ports of this machine: nginx, Apache and Caddy as Debian packages them."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = {"nginx": "nginx", "apache": "apache2", "caddy": "caddy"}
_MODULES = ("authz_core", "alias", "deflate", "dir", "filter", "headers", "mime", "mpm_event", "rewrite")


def free_port() -> int:
    """A port of 127.0.0.1 that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait(port: int, name: str, seconds: int) -> None:
    """Until something listens at a port. Raises RuntimeError when that takes longer."""
    for _ in range(10 * seconds):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{name} did not start within {seconds} seconds")


@contextmanager
def open_folder() -> Iterator[Path]:
    """A new folder that the servers' own users can read too."""
    with tempfile.TemporaryDirectory(prefix="kommunegraf-") as name:
        os.chmod(name, 0o755)
        yield Path(name)


@contextmanager
def serving(kind: str, port: int, root: Path, rules: Path) -> Iterator[None]:
    """Run a server with the document root `root`, by the rules of a file: nginx's or Caddy's; Apache finds its own below the root."""
    with open_folder() as place:
        command = {"nginx": _nginx, "apache": _apache, "caddy": _caddy}[kind](place, port, root, rules)
        errors = place / "errors"
        environment = {**os.environ, "HOME": str(place), "XDG_DATA_HOME": str(place), "XDG_CONFIG_HOME": str(place)}
        with errors.open("w") as log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as server:
            try:
                _wait(port, server, errors)
                yield
            finally:
                server.terminate()


def _nginx(place: Path, port: int, root: Path, rules: Path) -> list[str]:
    text = rules.read_text("utf-8").replace("root /var/www/kommunegraf;", f"root {root};")
    (place / "rules.conf").write_text(text.replace(f"listen [::]:{port};", ""), encoding="utf-8")
    folders = "".join(f"{kind}_temp_path {place}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (place / "nginx.conf").write_text(
        f"daemon off; pid {place}/pid; worker_processes 1; error_log stderr; events {{ }}\n"
        f"http {{ access_log off; {folders} include {place}/rules.conf; }}\n", encoding="utf-8")
    return [_program("nginx"), "-p", str(place), "-c", str(place / "nginx.conf")]


def _apache(place: Path, port: int, root: Path, _: Path) -> list[str]:
    modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in _MODULES)
    user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    (place / "apache.conf").write_text(
        f"{modules}{user}ServerName 127.0.0.1\nListen 127.0.0.1:{port}\nPidFile {place}/pid\nErrorLog {place}/log\n"
        f"TypesConfig /etc/mime.types\nStartServers 1\nAddType application/x-gzip .gz\nAddEncoding x-gzip .gz\n"
        f"AddLanguage en .en\nDocumentRoot {root}\n"
        f"<Directory {root}>\nAllowOverride All\nRequire all granted\nOptions FollowSymLinks\n</Directory>\n", encoding="utf-8")
    return [_program("apache"), "-f", str(place / "apache.conf"), "-DFOREGROUND"]


def _caddy(place: Path, port: int, root: Path, rules: Path) -> list[str]:
    text = rules.read_text("utf-8").replace("root * /var/www/kommunegraf", f"root * {root}")
    (place / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text, encoding="utf-8")
    return [_program("caddy"), "run", "--config", str(place / "Caddyfile"), "--adapter", "caddyfile"]


def installed(kind: str) -> bool:
    """Whether the server's program is on this machine."""
    return bool(_program(kind))


def _program(kind: str) -> str:
    return shutil.which(PROGRAMS[kind], path=os.environ.get("PATH", "") + ":/usr/sbin") or ""


def _wait(port: int, server: "subprocess.Popen[bytes]", errors: Path) -> None:
    for _ in range(100):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {errors.read_text('utf-8')}")
