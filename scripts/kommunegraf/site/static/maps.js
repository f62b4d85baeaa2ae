// A field below each map of statuses that hides what older sources say; without it the key still hides and shows each status.
(function () {
  "use strict";
  var words = document.currentScript.dataset;
  document.querySelectorAll("figure > .cartogram").forEach(function (map) {
    var dated = Array.from(map.querySelectorAll("[data-year]")), years = {};
    dated.forEach(function (one) { years[one.dataset.year] = true; });
    if (Object.keys(years).length < 2) return;
    var label = document.createElement("label"), choice = document.createElement("select"), line = document.createElement("p");
    choice.append(new Option(words.all, ""));
    Object.keys(years).sort().reverse().forEach(function (year) { choice.append(new Option(words.since.replace("{}", year), year)); });
    label.append(words.label + " ", choice);
    line.className = "since";
    line.append(label);
    map.parentNode.append(line);
    choice.addEventListener("change", function () {
      map.querySelectorAll("a.spot:not(.unknown), a.target:not(.unknown)").forEach(function (one) {
        one.classList.toggle("older", Boolean(choice.value) && !(Number(one.dataset.year) >= Number(choice.value)));
      });
    });
  });
})();
