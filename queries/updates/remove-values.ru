#+ title: {da: Fjern alle værdier af nogle egenskaber i én graf, en: Remove all values of some properties in one graph}
# Virtuoso keeps points as floats and finds none by its text. The loader puts in the graph and the pairs (subject property).
DELETE { GRAPH <%graph%> { ?subject ?property ?value } }
WHERE {
  VALUES (?subject ?property) { %statements% }
  GRAPH <%graph%> { ?subject ?property ?value }
}
