// Search over the index that static/search-da.js or search-en.js sets: the page of search, and suggestions in the head of every page,
// which load the index when the field is first used. No server, no foreign host, works from disk.
(function () {
  "use strict";
  var IN_GROUP = 6, SUGGESTED = 7;
  var form = document.getElementById("search");
  var field = document.getElementById("words");
  var results = document.getElementById("results");
  var count = document.getElementById("count");
  var nothing = document.getElementById("nothing");

  // The form in which names are compared: the same as kommunegraf.names.plain.
  function plain(text) {
    return text.normalize("NFC").toLowerCase()
      .replace(/å/g, "aa").replace(/[æä]/g, "ae").replace(/[øö]/g, "oe").replace(/ß/g, "ss")
      .normalize("NFKD").replace(/[^\x00-\x7f]/g, "").replace(/[^a-z0-9]+/g, " ").trim();
  }

  // A name as people say it: "Aarhus Municipality" is "Aarhus".
  function short(name) { return name.replace(/ (kommune|municipality)$/, ""); }

  // What people look for most stands first among equals: kommuner and initiatives, then what they use; single sources and statements last.
  function boost(path) {
    if (/^(municipality|initiative)\//.test(path)) return 12;
    if (/^(solution|organisation|main-area|region)\//.test(path)) return 6;
    return /^(source|statement|contradiction|gap|ontology|dataset)\//.test(path) ? -45 : 0;
  }

  var entries = [];
  function read() {
    entries = kommunegrafIndex.entries.map(prepared);
  }
  function prepared(entry, place) {
    var name = plain(entry[0]), names = entry[1] ? entry[1].split("|") : [];
    return {label: entry[0], kind: entry[2], path: entry[3], place: place, name: name, names: names,
      own: name.split(" "), more: names.join(" ").split(" "), said: entry[4] ? entry[4].split(" ") : [],
      joined: name.replace(/ /g, "") + "|" + names.join("|").replace(/ /g, ""), boost: boost(entry[3])};
  }

  // Whether two words differ by at most `most` letters that are wrong, missing, too many or exchanged (Damerau, optimal string alignment).
  function near(a, b, most) {
    if (Math.abs(a.length - b.length) > most) return false;
    var before = [], last = [], row = [], i, j;
    for (j = 0; j <= b.length; j++) last[j] = j;
    for (i = 1; i <= a.length; i++) {
      row = [i];
      for (j = 1; j <= b.length; j++) {
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      before = last; last = row;
    }
    return last[b.length] <= most;
  }

  // Short words must be right; one letter may be wrong in words of four and more, two in those of eight and more.
  function slips(word) { return word.length < 4 || /^\d/.test(word) ? 0 : word.length < 8 ? 1 : 2; }

  // "gadelys" is in "gadebelysning": the beginning of a word, and the rest further on in it.
  function compound(word, other) {
    for (var cut = 3; cut <= word.length - 3; cut++) {
      if (other.indexOf(word.slice(0, cut)) === 0 && other.indexOf(word.slice(cut), cut) >= cut) return true;
    }
    return false;
  }

  // "vejbelysning" and "gadebelysning" end alike: in Danish the last part of a compound says what it is.
  function ending(word, other) {
    var long = 0;
    while (long < word.length && word[word.length - 1 - long] === other[other.length - 1 - long]) long++;
    return long >= 8;
  }

  function any(list, test) {
    for (var i = 0; i < list.length; i++) if (test(list[i])) return true;
    return false;
  }

  // How well one word fits an entry: a word of its name, the beginning of one, of other names, of the definition; then parts and slips.
  function points(entry, word) {
    function same(other) { return other === word; }
    function begun(other) { return other.indexOf(word) === 0; }
    if (any(entry.own, same)) return 60;
    if (any(entry.own, begun)) return 45;
    if (any(entry.more, same)) return 40;
    if (any(entry.more, begun)) return 30;
    if (word.length < 3) return 0;
    if (word.length > 3 && entry.joined.indexOf(word) >= 0) return 28;
    if (any(entry.said, same)) return 24;
    if (any(entry.said, begun)) return 18;
    var part = entry.own.concat(entry.more);
    if (word.length > 5 && any(part, function (other) { return compound(word, other); })) return 16;
    var most = slips(word);
    if (most && any(part, function (other) { return other.length > 3 && near(word, other, most); })) return 14;
    if (word.length > 5 && any(part, function (other) { return other.length > 5 && word.indexOf(other) === 0; })) return 10;
    if (any(part, function (other) { return ending(word, other); })) return 8;
    return 0;
  }

  // How well an entry fits; 0 is not at all. Every word must fit.
  function fit(entry, words, whole) {
    if (entry.name === whole || short(entry.name) === short(whole)) return 1000;
    if (any(entry.names, function (name) { return name === whole || short(name) === short(whole); })) return entry.boost > 10 ? 998 : 800; // before a solution of that name
    var sum = entry.name.indexOf(whole) === 0 ? 200 : 0;
    for (var i = 0; i < words.length; i++) {
      var got = points(entry, words[i]);
      if (!got) return words.length > 1 && entry.joined.indexOf(words.join("")) >= 0 ? 35 : 0;
      sum += got;
    }
    return sum / words.length + (sum >= 200 ? 100 : 0);
  }

  // The entries that fit, best first, as [points, entry].
  function search(text) {
    var whole = plain(text);
    if (/^\d{3}$/.test(whole)) whole = "0" + whole;
    if (!whole) return [];
    var words = whole.split(" "), found = [];
    entries.forEach(function (entry) {
      var got = fit(entry, words, whole);
      if (got) found.push([got + entry.boost - Math.min(entry.name.length, 100) / 20, entry]);
    });
    return found.sort(function (a, b) { return b[0] - a[0] || a[1].place - b[1].place; });
  }

  // The name that fitted where the label does not show it, such as "open data" for "Åbne data".
  function alias(entry, words) {
    if (any(words, function (word) { return entry.name.indexOf(word) >= 0; })) return "";
    var hits = entry.names.filter(function (name) { return any(words, function (word) { return name.indexOf(word) >= 0; }); });
    return hits.length ? " (" + hits[0] + ")" : "";
  }

  function item(pair, words, up) {
    var line = document.createElement("li"), link = document.createElement("a"), other = document.createElement("span");
    link.href = up + pair[1].path.split("/").map(encodeURIComponent).join("/");
    link.textContent = pair[1].label;
    other.className = "quiet";
    other.textContent = alias(pair[1], words);
    line.append(link, other);
    return line;
  }

  function list(pairs, words) {
    var lines = document.createElement("ul");
    pairs.forEach(function (pair) { lines.append(item(pair, words, form.dataset.up)); });
    return lines;
  }

  // One group for each kind, that of the best result first; what is beyond the first few is folded.
  function show() {
    var found = search(field.value), words = plain(field.value).split(" "), groups = [], byKind = {};
    results.textContent = "";
    found.forEach(function (pair) {
      var kind = pair[1].kind;
      if (!byKind[kind]) groups.push(byKind[kind] = {kind: kind, pairs: []});
      byKind[kind].pairs.push(pair);
    });
    groups.forEach(function (group) {
      var part = document.createElement("section"), heading = document.createElement("h3");
      heading.textContent = kommunegrafIndex.kinds[group.kind] + " (" + group.pairs.length + ")";
      part.append(heading, list(group.pairs.slice(0, IN_GROUP), words));
      if (group.pairs.length > IN_GROUP) {
        var more = document.createElement("details"), summary = document.createElement("summary");
        summary.textContent = form.dataset.more.replace("{}", group.pairs.length - IN_GROUP);
        more.className = "more";
        more.append(summary, list(group.pairs.slice(IN_GROUP), words));
        part.append(more);
      }
      results.append(part);
    });
    count.textContent = !field.value.trim() ? "" : found.length ? form.dataset.found.replace("{}", found.length) : form.dataset.none;
    nothing.hidden = !field.value.trim() || found.length > 0;
  }

  function page() {
    var waiting;
    read();
    field.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(show, 150); });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      history.replaceState(null, "", "?q=" + encodeURIComponent(field.value));
      show();
    });
    field.value = new URLSearchParams(location.search).get("q") || "";
    show();
  }

  // Links below the field in the head of the page, while one types; arrows go through them, Escape closes them.
  function suggest(head) {
    var typed = head.elements.q, box = document.createElement("ul"), waiting;
    box.className = "suggestions";
    box.hidden = true;
    head.append(box);

    function fill() {
      var words = plain(typed.value).split(" "), best = typeof kommunegrafIndex === "undefined" ? [] : search(typed.value).slice(0, SUGGESTED);
      box.textContent = "";
      best.forEach(function (pair) {
        var line = item(pair, words, head.dataset.up), kind = document.createElement("span");
        kind.className = "quiet";
        kind.textContent = " " + kommunegrafIndex.kinds[pair[1].kind];
        line.append(kind);
        box.append(line);
      });
      box.hidden = !best.length;
    }

    function begin() {
      if (typeof kommunegrafIndex !== "undefined") { if (!entries.length) read(); return; }
      var script = document.createElement("script");
      script.src = head.dataset.index;
      script.addEventListener("load", function () { read(); fill(); });
      document.head.append(script);
    }

    typed.addEventListener("focus", begin, {once: true});
    typed.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(fill, 120); });
    head.addEventListener("keydown", function (event) {
      var links = Array.from(box.querySelectorAll("a")), at = links.indexOf(document.activeElement);
      if (event.key === "Escape") { box.hidden = true; typed.focus(); }
      if (box.hidden || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
      event.preventDefault();
      at += event.key === "ArrowDown" ? 1 : -1;
      (at < 0 ? typed : links[Math.min(at, links.length - 1)]).focus();
    });
    document.addEventListener("click", function (event) { if (!head.contains(event.target)) box.hidden = true; });
  }

  if (form && typeof kommunegrafIndex !== "undefined") page();
  suggest(document.getElementById("find"));
})();
