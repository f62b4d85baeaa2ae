#+ title: {da: Tøm én graf, en: Empty one graph}
CLEAR SILENT GRAPH <%graph%>
