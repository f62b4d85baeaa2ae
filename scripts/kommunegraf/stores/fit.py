"""Whether a store can answer the questions: asked once before all else, so that no answer is empty for a reason that nobody sees."""

from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Endpoint, EngineError
from kommunegraf.stores.kinds import kind_of


def check(endpoint: Endpoint) -> str:
    """The version of the graph that a store holds, as its questions see it. Raises EngineError and OtherBase, which say what to set.

    A default graph that is no union is no fault where the store takes a data set with each query, as `Endpoint` then sends it.
    """
    ask.require_base(endpoint, endpoint.url)
    if rows := ask.internal(endpoint, "release").rows():
        return str(rows[0]["version"])
    url = endpoint.url
    if ask.internal(endpoint, "release-graph").rows():
        kind = kind_of(endpoint.server, url)
        raise EngineError(
            f"the default graph of {url} does not see its named graphs, and the store takes no data set with a query; {kind.union}"
        )
    raise EngineError(f"{url} does not hold Kommunegraf, or only a part of it; run 'kommunegraf load --endpoint {url}'")
