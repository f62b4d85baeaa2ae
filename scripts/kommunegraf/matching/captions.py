"""The sentences of the report page and the pictures, in Danish and English."""

PLOTS = {
    "da": {
        "network": "Kommuner og initiativer", "partners": "De to bedste partnere for hver kommune",
        "heatmap": "Initiativer efter kommune", "caveat": "Intet belæg betyder ukendt, ikke nej.", "active": "i gang",
        "planned": "planlagt", "ended": "afsluttet", "unknown": "ukendt",
        "surprise": "overraskelse, -log10 p (tyk linje: begge vælger hinanden)", "longitude": "længdegrad", "latitude": "breddegrad",
    },
    "en": {
        "network": "Municipalities and initiatives", "partners": "The two best partners of each municipality",
        "heatmap": "Initiatives by municipality", "caveat": "No evidence means unknown, not no.", "active": "active",
        "planned": "planned", "ended": "ended", "unknown": "unknown", "surprise": "surprise, -log10 p (thick line: each chose the other)",
        "longitude": "longitude", "latitude": "latitude",
    },
}
"""Titles, axes and legends."""
REPORT = {
    "da": {
        "title": "Hvor langt kan man stole på match af kommuner?",
        "size": "Netværket har {} kommuner, {} initiativer og {} forbindelser. Kommuner uden belæg, der tæller: {}.",
        "partners": "De to bedste partnere for hver kommune, på kortet", "heatmap": "Initiativer efter kommune", "network": "Netværket",
        "alike": "Ligner: hvem har mere til fælles, end tilfældet giver?",
        "chance": (
            "{} % af parrene deler mindst ét initiativ. Den mindste p-værdi er {}; {} % af parrene har p ≤ 0,05, og tilfældet "
            "alene kan give op til 5 %."
        ),
        "fixed": (
            "Modellen med faste grader (FDSM, {} tilfældige netværk) ordner de par, der deler noget, som standardmodellen (SDSM): "
            "Spearmans rho er {}."
        ),
        "sensitivity": "Hvad betyder valgene?",
        "sensitivity head": "| hvad tæller | forbindelser | kommuner med belæg | par med q ≤ 0,05 | af de fem bedste her også dér |",
        "stability": (
            "Udelades en tilfældig tiendedel af forbindelserne, bliver i gennemsnit {} % af de fem bedste partnere stående "
            "(kommune for kommune mindst {} %, median {} %, højst {} %)."
        ),
        "communities": "Fællesskaber",
        "modularity": (
            "Modulariteten i forhold til nulmodellen er {}; tilfældige netværk med samme grader giver i gennemsnit {} (p {}). "
            "Stabiliteten er {} (justeret Rand-indeks mellem kørsler, 1 er altid ens). {} tilfældige netværk, {} kørsler af "
            "Louvain."
        ),
        "narrow": (
            "Tæller kilder, der nævner mere end {} kommuner om ét initiativ, ikke med, er modulariteten {} mod {} i tilfældige "
            "netværk (p {})."
        ),
        "communities head": "| mest særlige initiativer | kommuner | hvilke |",
        "next": "Næste: kan en metode finde det initiativ igen, som man skjuler?",
        "left out": "Hver af de {} forbindelser er skjult efter tur. I parentes 95 %-intervaller (bootstrap over kommuner).",
        "method": "metode", "gain": "mrr ud over udbredelse", "best": "Højeste gennemsnit (mrr): {}.",
        "popularity stays": (
            "Ingen metode er sikkert bedre end udbredelse: dens interval for gevinsten rummer nul. Derfor ordner *Næste* efter {1}."
        ),
        "popularity loses": "{0} er sikkert bedre end udbredelse. *Næste* ordner efter {1}.", "together": "Lær af, byg sammen og grænser",
        "plans": "{} planer; for {} af dem er initiativet i gang i en anden kommune, for {} hos en nabo.",
        "groups": "{} grupper kunne bygge eller købe sammen, {} af dem blandt naboer.",
        "boundaries": "{} nabopar har hver sin løsning til samme initiativ, og {} sammenhængende områder kunne nøjes med én.",
        "kommuner": "Kommune for kommune",
        "kommuner head": "| kommune | initiativer | planer | mest lignende (overraskelse) | de fem bedste bliver stående |",
    },
    "en": {
        "title": "How far can matching be trusted?",
        "size": (
            "The network has {} municipalities, {} initiatives and {} links. Municipalities without evidence that counts: {}."
        ),
        "partners": "The two best partners of each municipality, on the map", "heatmap": "Initiatives by municipality",
        "network": "The network", "alike": "Alike: who has more in common than chance gives?",
        "chance": (
            "{} % of the pairs share at least one initiative. The smallest p-value is {}; {} % of the pairs have p ≤ 0.05, and "
            "chance alone can give up to 5 %."
        ),
        "fixed": (
            "The model with fixed degrees (FDSM, {} random networks) orders the pairs that share something as the default model "
            "(SDSM) does: Spearman's rho is {}."
        ),
        "sensitivity": "What do the choices change?",
        "sensitivity head": (
            "| what counts | links | municipalities with evidence | pairs with q ≤ 0.05 | of the best five here also there |"
        ),
        "stability": (
            "When a random tenth of the links is left out, {} % of the five best partners stay on average (by municipality at "
            "least {} %, median {} %, at most {} %)."
        ),
        "communities": "Communities",
        "modularity": (
            "Modularity against the null model is {}; random networks with the same degrees give {} on average (p {}). Stability "
            "is {} (adjusted Rand index between runs, 1 is always the same). {} random networks, {} runs of Louvain."
        ),
        "narrow": (
            "When sources that name more than {} municipalities for one initiative do not count, modularity is {} against {} in "
            "random networks (p {})."
        ),
        "communities head": "| most distinctive initiatives | municipalities | which |",
        "next": "Next: can a method find the initiative again that one hides?",
        "left out": "Each of the {} links is hidden in turn. In brackets 95 % intervals (bootstrap over municipalities).",
        "method": "method", "gain": "mrr beyond popularity", "best": "Highest mean (mrr): {}.",
        "popularity stays": "No method is surely better than popularity: the interval of its gain holds zero. So *Next* ranks by {1}.",
        "popularity loses": "{0} is surely better than popularity. *Next* ranks by {1}.",
        "together": "Learn from, build together, and boundaries",
        "plans": "{} plans; for {} of them the initiative is active in another municipality, for {} in a neighbour.",
        "groups": "{} groups could build or buy together, {} of them among neighbours.",
        "boundaries": (
            "{} pairs of neighbours have different solutions for the same initiative, and {} connected areas could do with one."
        ),
        "kommuner": "Municipality by municipality",
        "kommuner head": "| municipality | initiatives | plans | most alike (surprise) | the best five stay |",
    },
}
"""The page on how far matching can be trusted."""
