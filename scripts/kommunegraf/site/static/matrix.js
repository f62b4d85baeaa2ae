// The whole table of kommuner and initiatives: whoever points at a sign is told what it is of. Without this script the heads say so.
(function () {
  "use strict";
  var table = document.querySelector(".matrix");
  table.addEventListener("mouseover", function (event) {
    var cell = event.target.closest("tbody td"), heads = table.tHead.rows[1].cells;
    if (!cell || cell.title || !cell.textContent) return;
    cell.title = [cell.parentNode.cells[0], heads[cell.cellIndex], cell].map(function (one) {
      return one.textContent.replace(/\u00ad/g, "").trim();
    }).join(": ");
  });
})();
