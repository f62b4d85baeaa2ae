"""The sentences of matching, in Danish and English: the screen, the tables, and the names of the methods."""

CAVEAT = {
    "da": (
        "At der mangler belæg, viser ikke, at initiativet mangler. Fælles initiativer følger også af, hvor meget der blev "
        "fundet om hver kommune."
    ),
    "en": (
        "Missing evidence does not show that the initiative is missing. Shared initiatives also follow how much was found "
        "about each municipality."
    ),
}
"""Stands above every result."""
WORDS = {
    "da": {
        "decimal": ",", "none": "ingen kendt", "more": "og {} til", "evidence": "(belæg: +{})", "adoptions": "Kommunens initiativer ({})",
        "uncounted": "Nævnt i belæg, der ikke tæller med",
        "ask": "Vi har intet belæg, der tæller, om kommunen. Det kunne man spørge den om: {}",
        "alike": "De bedste samarbejdspartnere (af {} med fælles initiativer)",
        "no pair": (
            "Intet par af kommuner ligner hinanden mere, end tilfældet kan give (q ≤ 0,05, {1} par): det følgende er en rangorden, "
            "ikke et resultat."
        ),
        "significant": "{0} af {1} par af kommuner har q ≤ 0,05.",
        "stability": "Af de {} bedste bliver i gennemsnit {} % stående, når en tiendedel af alle forbindelser udelades.",
        "partner": "{0}: {1} fælles, hvor tilfældet giver {2} (p {3}, q {4}); sjældnest først: {5}.",
        "teaches": "Har i gang, hvad kommunen planlægger: {}.", "learn_from": "Lær af: hvem har i gang, hvad kommunen planlægger",
        "nobody": "ingen kendt har det i gang", "neighbour": "nabo", "region": "samme region", "elsewhere": "andet sted",
        "since": "siden {}", "undated": "uden årstal", "high": "høj sikkerhed", "medium": "middel sikkerhed", "low": "lav sikkerhed",
        "size": "{} gange så mange indbyggere", "together": "Byg sammen: grupper, der kunne udbyde i fællesskab",
        "plan it": "{} planlægger", "have it": "; {} har det i gang", "in neighbourhood": "Naboer", "in region": "Samme region",
        "lead": "Leder: {} ({}).", "lead by experience": "bedste og længste belæg", "lead by size": "flest indbyggere",
        "boundaries": "Grænser: naboer med hver sin løsning", "area": "Sammenhængende område, {} i {} kommuner:",
        "unknown solution": "; ukendt løsning {}", "next": "Næste, efter udbredelse (ingen anden metode er målt sikkert bedre)",
        "adopters": "{} kommuner har det", "peers": "mest lignende med det", "mentioned": "Nævnt i belæg, der ikke tæller med.",
        "by popularity": "udbredelse", "by item-knn": "item-kNN", "by probs": "ProbS", "by alike": "lignende kommuner",
        "by chance": "lodtrækning", "neighbours": "Naboer ({}) og hvad de har i gang uden belæg her", "fixedLinkTo": "fast forbindelse",
        "borders": "nabo", "no neighbours": "ikke naboer",
        "scored": "Fælles initiativer: {}; forventet {}; overraskelse {} (p {}, q {}).",
        "compared": "Til sammenligning: Jaccard {}, ressourceallokering {}.", "shared": "Fælles, sjældnest først",
        "can teach": "{} har i gang, hvad {} planlægger", "only": "I gang i {}, intet belæg i {}",
    },
    "en": {
        "decimal": ".", "none": "none known", "more": "and {} more", "evidence": "(evidence: +{})", "adoptions": "Its initiatives ({})",
        "uncounted": "Named in evidence that does not count",
        "ask": "We have no evidence that counts about this municipality. It could be asked about: {}",
        "alike": "Best partners (of {} with shared initiatives)",
        "no pair": (
            "No pair of municipalities is more alike than chance can give (q ≤ 0.05, {1} pairs): what follows is a ranking, not a "
            "finding."
        ),
        "significant": "{0} of {1} pairs of municipalities have q ≤ 0.05.",
        "stability": "Of the best {}, {} % stay on average when a tenth of all links is left out.",
        "partner": "{0}: {1} shared where chance gives {2} (p {3}, q {4}); rarest first: {5}.",
        "teaches": "Has active what is planned here: {}.", "learn_from": "Learn from: who has active what is planned here",
        "nobody": "nobody known has it active", "neighbour": "neighbour", "region": "same region", "elsewhere": "elsewhere",
        "since": "since {}", "undated": "undated", "high": "high confidence", "medium": "medium confidence", "low": "low confidence",
        "size": "{} times the inhabitants", "together": "Build together: groups that could procure jointly", "plan it": "planned by {}",
        "have it": "; active in {}", "in neighbourhood": "Neighbours", "in region": "Same region", "lead": "Lead: {} ({}).",
        "lead by experience": "best and longest evidence", "lead by size": "most inhabitants",
        "boundaries": "Boundaries: neighbours with different solutions", "area": "Connected area, {} in {} municipalities:",
        "unknown solution": "; solution unknown {}", "next": "Next, by popularity (no other method is measured to be surely better)",
        "adopters": "{} municipalities have it", "peers": "most alike that have it",
        "mentioned": "Named in evidence that does not count.", "by popularity": "popularity", "by item-knn": "item-kNN",
        "by probs": "ProbS", "by alike": "alike municipalities", "by chance": "lots",
        "neighbours": "Neighbours ({}) and what is active there without evidence here", "fixedLinkTo": "fixed link",
        "borders": "neighbour", "no neighbours": "not neighbours",
        "scored": "Shared initiatives: {}; expected {}; surprise {} (p {}, q {}).",
        "compared": "For comparison: Jaccard {}, resource allocation {}.", "shared": "Shared, rarest first",
        "can teach": "{} has active what {} plans", "only": "Active in {}, no evidence in {}",
    },
}
"""The screen and what stands above tables."""
HEADS = {
    "da": {
        "partner": "partner", "partnerCode": "kode", "neighbour": "nabo", "overlap": "fælles", "expected": "forventet",
        "surprise": "overraskelse", "jaccard": "Jaccard", "resourceAllocation": "ressourceallokering",
        "shared": "fælles initiativer, sjældnest først", "initiative": "initiativ", "teacher": "lær af", "near": "afstand",
        "since": "siden", "confidence": "sikkerhed", "size": "størrelse", "evidence": "belæg", "source": "kilde",
        "connected": "forbundet ved", "planning": "planlægger", "having": "i gang", "lead": "leder", "why": "hvorfor", "one": "kommune",
        "itsSolution": "dens løsning", "other": "nabo", "otherSolution": "naboens løsning", "relation": "forbindelse",
        "adopters": "kommuner med det", "popularity": "udbredelse", "probs": "ProbS", "alike": "lignende kommuner",
        "peers": "mest lignende med det", "mentioned": "nævnt i andet belæg",
    },
    "en": {
        "partnerCode": "code", "overlap": "shared", "jaccard": "Jaccard", "resourceAllocation": "resource allocation",
        "shared": "shared initiatives, rarest first", "teacher": "learn from", "connected": "connected by", "planning": "plan it",
        "having": "have it active", "one": "municipality", "itsSolution": "its solution", "other": "neighbour",
        "otherSolution": "the neighbour's solution", "adopters": "municipalities with it", "probs": "ProbS",
        "alike": "alike municipalities", "peers": "most alike that have it", "mentioned": "named in other evidence",
    },
}
"""The heads of columns; a column that is not here is called by its name."""
METHOD = {
    "da": {
        "label": "Match af kommuner",
        "definition": (
            "Forslag til samarbejde, udledt af belæggene: regler for at lære, bygge sammen og grænser; den bipartite "
            "konfigurationsmodel (BiCM) for lighed; udbredelse for det næste. Manglende belæg tæller ikke som et nej."
        ),
        "alike": "Ligner", "learn-from": "Lær af", "together": "Byg sammen", "boundaries": "Grænse mellem løsninger",
        "area": "Område for én løsning", "next": "Næste", "overlap": "Fælles initiativer",
        "expected-overlap": "Forventet antal fælles initiativer", "surprise": "Overraskelse (-log10 p)", "p-value": "p-værdi",
        "q-value": "q-værdi (Benjamini-Hochberg)", "place": "Plads", "adopters": "Kommuner med initiativet",
    },
    "en": {
        "label": "Matching of municipalities",
        "definition": (
            "Suggestions for collaboration, derived from the evidence: rules for learning, building together and boundaries; the "
            "bipartite configuration model (BiCM) for likeness; popularity for what is next. Missing evidence does not count as a "
            "no."
        ),
        "alike": "Alike", "learn-from": "Learn from", "together": "Build together", "boundaries": "Boundary between solutions",
        "area": "Area for one solution", "next": "Next", "overlap": "Shared initiatives",
        "expected-overlap": "Expected number of shared initiatives", "surprise": "Surprise (-log10 p)", "p-value": "p-value",
        "q-value": "q-value (Benjamini-Hochberg)", "place": "Place", "adopters": "Municipalities with the initiative",
    },
}
"""What the graph says of the methods, the kinds of suggestion and their figures."""
