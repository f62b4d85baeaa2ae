"""From the IRI of a thing to the paths of its documents, the same on every host, and links between them."""

from urllib.parse import quote, unquote

from kommunegraf import namespaces
from kommunegraf.languages import LANGUAGES
from kommunegraf.rdf.formats import DATA, DATASETS, HTML, Format


def path(iri: str) -> str | None:
    """The path of an IRI that Kommunegraf mints, below its base and without a format's ending; None for any other IRI.

    That of a folder has the name `index` in it. A fragment (`#part`) does not count.
    """
    own = namespaces.own_path(iri)
    return None if own is None else indexed(unquote(own.partition("#")[0]))


def indexed(path: str) -> str:
    """A path with the name `index` where it is that of a folder: where it is empty or ends in `/`."""
    return path + "index" if not path or path.endswith("/") else path


def iri(path: str) -> str:
    """The IRI of a path: the inverse of `path`."""
    folder = path.removesuffix("index") if path == "index" or path.endswith("/index") else path
    return namespaces.mint(quote(folder, safe="/~!$&'()*+,;=:@-._"))


def fault(path: str) -> str:
    """Why a path cannot be that of a file on every host, in a few words; empty where it can."""
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "the IRI has an empty part, . or .."
    if any(ord(sign) < 32 or sign in '<>:"|?*\\\x7f' for sign in path):
        return "the IRI has a character that no file name may have"
    if any(len(part.encode()) > 200 for part in parts):
        return "a part of the IRI has more than 200 bytes"
    return ""


def is_thing(path: str) -> bool:
    """Whether a path is that of a thing, which has pages and data, and not itself a file."""
    return not parse(path)[1] and not path.startswith(".well-known/")


def page(path: str, lang: str) -> str:
    """The file of a path's page in a language: Danish has the plain name."""
    return f"{path}.html" if lang == "da" else f"{path}.{lang}.html"


def up(path: str) -> str:
    """The relative link from a document at `path` to the top of the site: empty or `../` once for each folder."""
    return "../" * path.count("/")


def parse(name: str) -> tuple[str, Format | None, str]:
    """A file name's path, format and language: the inverse of what `page` and the suffixes of formats make."""
    if name.endswith(HTML.suffix):
        path = name.removesuffix(HTML.suffix)
        lang = next((lang for lang in LANGUAGES[1:] if path.endswith(f".{lang}")), LANGUAGES[0])
        return path.removesuffix(f".{lang}"), HTML, lang
    for format in (*DATA, *DATASETS):
        if name.endswith(format.suffix):
            return name.removesuffix(format.suffix), format, LANGUAGES[0]
    return name, None, LANGUAGES[0]
