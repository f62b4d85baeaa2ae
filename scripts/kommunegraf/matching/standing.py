"""Which claims an opportunity may rest on: what runs now, plans that are current, plans to ask about, and work that is news."""

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from kommunegraf.matching import together
from kommunegraf.matching.network import INITIATIVE, Claim, claims
from kommunegraf.matching.opportunities import ASKED, DUE, FRESH, PAPERS, WIDESPREAD
from kommunegraf.matching.register import Register

if TYPE_CHECKING:
    import networkx as nx


class Standing:
    """The claims of a network by what they are good for."""

    def __init__(self, register: Register, graph: "nx.Graph") -> None:
        self.register, self.graph, self.reference = register, graph, register.limits.reference
        self._claims = {n: claims(graph, n) for n, mode in graph.nodes(data="bipartite") if mode == INITIATIVE}

    def _standing(self, initiative: str, *statuses: str) -> list[Claim]:
        """The claims to an initiative with one of some statuses that are fresh or ageing."""
        return [c for c in self._claims[initiative] if c.status.name in statuses and c.freshness in FRESH]

    def running(self, initiative: str) -> list[Claim]:
        """What is active, and not by its own period over."""
        return [c for c in self._standing(initiative, "active") if (c.adoption.deciding.end or self.reference) >= self.reference]

    def current(self, initiative: str) -> list[Claim]:
        """Plans of which nothing should have come yet."""
        return [c for c in self._standing(initiative, "planned") if not due(c, self.reference)]

    def unanswered(self, initiative: str) -> list[Claim]:
        """Plans of which something should have come by now, told of in the last `ASKED` years."""
        plans = self._standing(initiative, "planned", "open-plan")
        late = (c for c in plans if c.status.name == "open-plan" or due(c, self.reference))
        return [c for c in late if c.as_of and c.as_of >= self.reference - ASKED]

    def is_news(self, claim: Claim) -> bool:
        """Whether what runs is worth a look: told of freshly and well, and not what many have."""
        return claim.freshness == "fresh" and self._documented(claim) and not self._common(claim)

    def _documented(self, claim: Claim) -> bool:
        """Whether the work is the kommune's own and told well: by the kommune itself or by two sources, with an address.

        What one source tells of several kommuner, and a service that several share, is no work of one kommune; nor is a paper.
        """
        first = claim.adoption.deciding
        alone = self.register.reach.get((first.source.iri, first.initiative), 1) == 1
        shared = any(self.register.kinds.get(s.iri) in together.SERVICES for s in claim.solutions)
        sources = {e.source.iri for e in claim.evidence if e.status == "active"}
        documented = first.source.publisher == claim.municipality.iri or len(sources) > 1
        words = re.findall(r"\w+", f"{first.title} {first.source.title}".casefold())
        paper = any(word.startswith(PAPERS) for word in words)
        return alone and not shared and not paper and documented and first.confidence == "high" and bool(first.source.address)

    def _common(self, claim: Claim) -> bool:
        """Whether all solutions that it names are in use in many kommuner."""
        solutions = claim.adoption.deciding.solutions
        return bool(solutions) and all(self.users[s] >= WIDESPREAD * len(self.register.places) for s in solutions)

    @cached_property
    def users(self) -> Counter[str]:
        """In how many kommuner each solution is in use."""
        each = {(c.municipality.iri, s.iri) for own in self._claims.values() for c in own if c.active for s in c.solutions}
        return Counter(solution for _, solution in each)


def due(plan: Claim, reference: int) -> bool:
    """Whether something should have come of a plan more than `DUE` years before the reference year."""
    stated = plan.adoption.deciding.end or plan.adoption.deciding.start
    return stated is not None and stated < reference - DUE
