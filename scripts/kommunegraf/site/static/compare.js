// Two kommuner side by side, from the data that static/compare-da.js or compare-en.js sets. No server, works from disk.
(function () {
  "use strict";
  var form = document.getElementById("compare"), place = document.getElementById("compared");
  if (!form || typeof kommunegrafCompared === "undefined") return;
  var data = kommunegrafCompared;

  function made(tag, text, href) {
    var element = document.createElement(tag);
    if (href) { var link = document.createElement("a"); link.href = href; link.textContent = text; element.append(link); }
    else element.textContent = text;
    return element;
  }

  function cell(found, name) {
    var element = found ? made("td", found[1], found[2]) : made("td", data.words.nothing);
    if (found) element.firstChild.className = "status status-" + found[0];
    else element.className = "quiet";
    element.dataset.of = name;
    return element;
  }

  function filled(text, values) { return text.replace(/\{(\w*)\}/g, function (_, key) { return key ? values[key] : values.shift(); }); }

  function show() {
    var sides = ["municipality", "other"].map(function (name) { return data.municipalities[form.elements[name].value]; });
    if (!sides[0] || !sides[1]) return;
    var table = document.createElement("table"), head = document.createElement("tr"), body = document.createElement("tbody");
    var counted = {both: 0, one: sides[0][0], other: sides[1][0], one_alone: 0, other_alone: 0};
    head.append(made("td", ""), made("th", sides[0][0], sides[0][1]), made("th", sides[1][0], sides[1][1]));
    data.initiatives.forEach(function (initiative, number) {
      var here = sides[0][2][number], there = sides[1][2][number], row = document.createElement("tr"), name = made("th", initiative[0], initiative[1]);
      if (!here && !there) return;
      if (here && there && here[0] === "active" && there[0] === "active") counted.both++;
      if (here && !there && here[0] !== "weak") counted.one_alone++;
      if (there && !here && there[0] !== "weak") counted.other_alone++;
      name.scope = "row";
      row.append(name, cell(here, sides[0][0]), cell(there, sides[1][0]));
      body.append(row);
    });
    table.className = "stack beside";
    table.append(document.createElement("thead"), body);
    table.tHead.append(head);
    place.textContent = "";
    place.append(made("h2", filled(data.words.heading, [sides[0][0], sides[1][0]])), made("p", filled(data.words.sentence, counted)), table);
  }

  var asked = new URLSearchParams(location.search);
  ["municipality", "other"].forEach(function (name) { if (asked.get(name)) form.elements[name].value = asked.get(name); });
  if (asked.get("municipality") && asked.get("other")) show();
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    history.replaceState(null, "", "?municipality=" + form.elements.municipality.value + "&other=" + form.elements.other.value);
    show();
  });
})();
