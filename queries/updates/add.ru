#+ title: {da: Føj udsagn til én graf, en: Add statements to one graph}
# The loader puts in the IRI of the graph and the statements; they come from a parser, so they are complete terms.
INSERT DATA { GRAPH <%graph%> { %statements% } }
