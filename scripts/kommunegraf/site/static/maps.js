// What a map of statuses shows can be chosen: each status by its key, and what older sources say by a field below the map, which needs
// this script. The view is kept in the address behind "#", as tables keep theirs: #hide=weak,unknown&since=2015 is a view to share.
(function () {
  "use strict";
  var words = document.currentScript.dataset;

  function view() { return new URLSearchParams(location.hash.indexOf("=") > 0 ? location.hash.slice(1) : ""); }
  function keep(name, value) {
    var state = view();
    if (value) state.set(name, value); else state.delete(name);
    history.replaceState(null, "", "#" + state.toString().replace(/%2C/g, ","));
  }

  function choice(dated) {
    var years = {}, select = document.createElement("select");
    dated.forEach(function (one) { years[one.dataset.year] = true; });
    select.append(new Option(words.all, ""));
    Object.keys(years).sort().reverse().forEach(function (year) { select.append(new Option(words.since.replace("{}", year), year)); });
    return select;
  }

  function equip(map) {
    var figure = map.parentNode, keys = Array.from(figure.querySelectorAll(".key input"));
    var dated = Array.from(map.querySelectorAll("[data-year]")), since = choice(dated), targets = {};
    map.querySelectorAll("a.target").forEach(function (one) { targets[one.getAttribute("href")] = one; });
    if (since.options.length > 2) {
      var label = document.createElement("label"), line = document.createElement("p");
      label.append(words.label + " ", since);
      line.className = "since";
      line.append(label);
      figure.append(line);
    }

    function show() {
      map.querySelectorAll("a.spot:not(.unknown)").forEach(function (one) {
        var older = Boolean(since.value) && !(Number(one.dataset.year) >= Number(since.value)), target = targets[one.getAttribute("href")];
        one.classList.toggle("older", older);
        if (target) target.classList.toggle("older", older);
      });
    }

    // The other maps that the page leads to are shown in the same view.
    function passOn() {
      var state = location.hash.indexOf("=") > 0 ? location.hash : "#map";
      document.querySelectorAll("a.same-view").forEach(function (link) { link.hash = state; });
    }

    function changed() {
      keep("hide", keys.filter(function (key) { return !key.checked; }).map(function (key) { return key.value; }).join(","));
      keep("since", since.value);
      show();
      passOn();
    }

    function read() {
      var state = view(), hidden = (state.get("hide") || "").split(",");
      keys.forEach(function (key) { key.checked = hidden.indexOf(key.value) < 0; });
      since.value = state.get("since") || "";
      if (since.selectedIndex < 0) since.value = "";
      show();
      passOn();
      if (state.has("hide") || state.has("since")) figure.scrollIntoView();
    }

    keys.concat(since).forEach(function (one) { one.addEventListener("change", changed); });
    addEventListener("hashchange", function () { if (location.hash.indexOf("=") > 0) read(); });
    read();
  }

  document.querySelectorAll("figure > .cartogram").forEach(equip);
})();
