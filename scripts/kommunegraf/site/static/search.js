// Search over the index that static/search-da.js or search-en.js sets. No server, no foreign host, works from disk.
(function () {
  "use strict";
  var SHOWN = 50;
  var form = document.getElementById("search");
  var field = document.getElementById("words");
  var list = document.getElementById("results");
  var count = document.getElementById("count");
  if (!form || typeof kommunegrafIndex === "undefined") return;

  // The form in which names are compared: the same as kommunegraf.names.plain.
  function plain(text) {
    return text.normalize("NFC").toLowerCase()
      .replace(/å/g, "aa").replace(/[æä]/g, "ae").replace(/[øö]/g, "oe").replace(/ß/g, "ss")
      .normalize("NFKD").replace(/[^\x00-\x7f]/g, "").replace(/[^a-z0-9]+/g, " ").trim();
  }

  // A name as people say it: "Aarhus Municipality" is "Aarhus".
  function short(name) { return name.replace(/ (kommune|municipality)$/, ""); }

  var entries = kommunegrafIndex.entries.map(function (entry, place) {
    return {label: entry[0], kind: kommunegrafIndex.kinds[entry[2]], path: entry[3], place: place,
      name: plain(entry[0]), more: entry[1] + " " + plain(kommunegrafIndex.kinds[entry[2]])};
  });

  // How well an entry fits: whole name, its beginning, a word of it, the beginning of a word, anywhere, other names. 0 is not at all.
  function fit(entry, words, whole) {
    if (entry.name === whole || short(entry.name) === short(whole)) return 1000;
    var points = entry.name.indexOf(whole) === 0 ? 300 : 0;
    for (var i = 0; i < words.length; i++) {
      var word = words[i];
      var name = " " + entry.name + " ", more = " " + entry.more + " ";
      if (name.indexOf(" " + word + " ") >= 0) points += 60;
      else if (name.indexOf(" " + word) >= 0) points += 40;
      else if (more.indexOf(" " + word + " ") >= 0) points += 30;
      else if (more.indexOf(" " + word) >= 0) points += 20;
      else if (name.indexOf(word) >= 0) points += 10;
      else return 0;
    }
    return points;
  }

  function show() {
    var whole = plain(field.value);
    list.textContent = "";
    if (!whole) { count.textContent = ""; return; }
    var words = whole.split(" ");
    var found = [];
    entries.forEach(function (entry) {
      var points = fit(entry, words, whole);
      if (points) found.push([points - Math.min(entry.name.length, 200) / 10, entry]);
    });
    found.sort(function (a, b) { return b[0] - a[0] || a[1].place - b[1].place; });
    found.slice(0, SHOWN).forEach(function (pair) {
      var item = document.createElement("li"), link = document.createElement("a"), kind = document.createElement("span");
      link.href = form.dataset.up + pair[1].path.split("/").map(encodeURIComponent).join("/");
      link.textContent = pair[1].label;
      kind.className = "quiet";
      kind.textContent = " " + pair[1].kind;
      item.append(link, kind);
      list.append(item);
    });
    count.textContent = !found.length ? form.dataset.none
      : found.length > SHOWN ? form.dataset.shown.replace("{}", found.length).replace("{}", SHOWN)
      : form.dataset.found.replace("{}", found.length);
  }

  var waiting;
  field.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(show, 150); });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    history.replaceState(null, "", "?q=" + encodeURIComponent(field.value));
    show();
  });
  field.value = new URLSearchParams(location.search).get("q") || "";
  show();
})();
