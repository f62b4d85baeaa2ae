#+ title: {da: Fjern udsagn fra én graf, en: Remove statements from one graph}
# The loader puts in the IRI of the graph and the statements; they come from a parser, so they are complete terms.
DELETE DATA { GRAPH <%graph%> { %statements% } }
