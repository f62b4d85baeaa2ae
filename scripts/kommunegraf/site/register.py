"""Pages of the register: kommuner, initiatives, adoptions and the evidence behind them."""

from kommunegraf.site.render import Model

RESOURCES: dict[str, Model] = {}
DOCUMENTS: dict[str, Model] = {}
