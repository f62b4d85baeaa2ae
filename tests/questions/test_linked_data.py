"""The question library as linked data."""

import pyoxigraph as ox

from kommunegraf.namespaces import SH
from kommunegraf.questions import ask
from kommunegraf.questions.linked_data import quads


def test_the_text_of_a_query_stands_without_its_header() -> None:
    question = ask.find("regions")
    (text,) = (quad.object.value for quad in ox.parse("\n".join(quads([question])), format=ox.RdfFormat.N_QUADS)
               if quad.predicate.value == SH + "select" and isinstance(quad.object, ox.Literal))
    assert "#+" not in text and text.startswith("PREFIX ") and text in question.text
