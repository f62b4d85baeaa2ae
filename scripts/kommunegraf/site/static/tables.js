// Tables that can be sorted, filtered and downloaded where they stand. Without this script they stand whole. The view is kept in the
// address behind "#", which no server sees: #filter1=fyn&sort1=-2 is table 1 by its second column downwards.
(function () {
  "use strict";
  var words = document.currentScript.dataset, lang = document.documentElement.lang;
  var LONG = "tbody > tr:nth-child(5), tbody:nth-of-type(3)";
  var compare = new Intl.Collator(lang === "da" ? "da" : "da-DK", {numeric: true}).compare;  // Aa is Å in both languages, as everywhere here

  // The form in which words are compared: the same as kommunegraf.names.plain.
  function plain(text) {
    return text.normalize("NFC").toLowerCase()
      .replace(/å/g, "aa").replace(/[æä]/g, "ae").replace(/[øö]/g, "oe").replace(/ß/g, "ss")
      .normalize("NFKD").replace(/[^\x00-\x7f]/g, "").replace(/[^a-z0-9]+/g, " ").trim();
  }

  function text(cell) {
    var copy = cell.cloneNode(true);
    copy.querySelectorAll(".hidden").forEach(function (one) { one.remove(); });
    copy.querySelectorAll("br").forEach(function (one) { one.replaceWith("; "); });
    return copy.textContent.replace(/\u00ad/g, "").replace(/\s+/g, " ").trim();
  }

  // A number as the page's language writes it, or NaN.
  function number(written) {
    var signs = lang === "da" ? [/\./g, ","] : [/,/g, "."];
    return /^[-\u2212+]?[\d.,]+$/.test(written) ? Number(written.replace("\u2212", "-").replace(signs[0], "").replace(signs[1], ".")) : NaN;
  }

  function element(tag, properties, children) {
    var made = Object.assign(document.createElement(tag), properties);
    (children || []).forEach(function (child) { made.append(child); });
    return made;
  }

  // ZIP without compression (PKWARE APPNOTE 4.3), which is all that a workbook needs.
  var CRC = Array.from({length: 256}, function (_, byte) {
    for (var bit = 0; bit < 8; bit++) byte = byte & 1 ? 0xEDB88320 ^ byte >>> 1 : byte >>> 1;
    return byte >>> 0;
  });
  function checksum(bytes) {
    return (bytes.reduce(function (sum, byte) { return CRC[(sum ^ byte) & 255] ^ sum >>> 8; }, -1) ^ -1) >>> 0;
  }
  function little(values) {  // pairs of a value and its number of bytes
    return values.reduce(function (bytes, pair) {
      for (var place = 0; place < pair[1]; place++) bytes.push(pair[0] >>> 8 * place & 255);
      return bytes;
    }, []);
  }
  function zip(files) {
    var parts = [], directory = [], offset = 0, length = 0;
    Object.keys(files).forEach(function (name) {
      var title = new TextEncoder().encode(name), body = new TextEncoder().encode(files[name]);
      var shared = [[20, 2], [0x800, 2], [0, 2], [0, 2], [33, 2], [checksum(body), 4], [body.length, 4], [body.length, 4], [title.length, 2], [0, 2]];
      var head = little([[0x04034b50, 4]].concat(shared));
      var entry = little([[0x02014b50, 4], [20, 2]].concat(shared, [[0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]]));
      parts.push(new Uint8Array(head), title, body);
      directory.push(new Uint8Array(entry), title);
      offset += head.length + title.length + body.length;
      length += entry.length + title.length;
    });
    var count = directory.length / 2;
    var end = little([[0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [length, 4], [offset, 4], [0, 2]]);
    return new Blob(parts.concat(directory, [new Uint8Array(end)]));
  }

  var XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', OFFICE = "http://schemas.openxmlformats.org/";
  function escaped(value) {
    return value.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, "").replace(/[&<>]/g, function (sign) { return {"&": "&amp;", "<": "&lt;", ">": "&gt;"}[sign]; });
  }
  function workbook(rows) {
    var cells = rows.map(function (row) {
      return "<row>" + row.map(function (value) {
        return isNaN(number(value)) || /^0\d/.test(value) ? '<c t="inlineStr"><is><t xml:space="preserve">' + escaped(value) + "</t></is></c>" : "<c><v>" + number(value) + "</v></c>";
      }).join("") + "</row>";
    }).join("");
    var main = OFFICE + "spreadsheetml/2006/main", relations = OFFICE + "package/2006/relationships", types = OFFICE + "officeDocument/2006/relationships";
    var kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
    function related(type, target) {
      return XML + '<Relationships xmlns="' + relations + '"><Relationship Id="rId1" Type="' + types + "/" + type + '" Target="' + target + '"/></Relationships>';
    }
    return zip({
      "[Content_Types].xml": XML + '<Types xmlns="' + OFFICE + 'package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
        '<Override PartName="/xl/workbook.xml" ContentType="' + kind + 'sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="' + kind + 'worksheet+xml"/></Types>',
      "_rels/.rels": related("officeDocument", "xl/workbook.xml"),
      "xl/workbook.xml": XML + '<workbook xmlns="' + main + '" xmlns:r="' + types + '"><sheets><sheet name="Kommunegraf" sheetId="1" r:id="rId1"/></sheets></workbook>',
      "xl/_rels/workbook.xml.rels": related("worksheet", "worksheets/sheet1.xml"),
      "xl/worksheets/sheet1.xml": XML + '<worksheet xmlns="' + main + '"><sheetData>' + cells + "</sheetData></worksheet>"
    });
  }

  // Text that Excel would take for a formula begins with an apostrophe (OWASP, CSV injection); for Danish Excel with mark and semicolons.
  function csv(rows, danish) {
    var sign = danish ? ";" : ",";
    return new Blob([danish ? "\ufeff" : "", rows.map(function (row) {
      return row.map(function (value) {
        var safe = /^[=+\-@\t\r]/.test(value) && isNaN(number(value)) ? "'" + value : value;
        return /[";,\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
      }).join(sign) + "\r\n";
    }).join("")], {type: "text/csv"});
  }

  function save(blob, ending) {
    var link = element("a", {href: URL.createObjectURL(blob), download: location.pathname.split("/").pop().replace(/(\.en)?\.html$/, "") + ending});
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  }

  function view() { return new URLSearchParams(location.hash.indexOf("=") > 0 ? location.hash.slice(1) : ""); }
  function keep(name, value) {
    var state = view();
    if (value) state.set(name, value); else state.delete(name);
    history.replaceState(null, "", "#" + state);
  }

  function equip(scroll, place) {
    var table = scroll.querySelector("table"), bodies = Array.from(table.tBodies), heads = Array.from(table.tHead.rows[table.tHead.rows.length - 1].cells);
    var groups = [], rows = [];
    bodies.forEach(function (body) {
      Array.from(body.rows).forEach(function (row) {
        if (row.cells.length === 1 && row.cells[0].scope === "rowgroup") { groups.push(row); return; }
        rows.push({row: row, body: body, cells: Array.from(row.cells).map(text), group: groups.length ? text(groups[groups.length - 1]) : ""});
      });
    });
    rows.forEach(function (one) { one.plain = plain(one.cells.concat(one.group).join(" ")); });
    var names = heads.map(text);
    var number1 = place + 1, sorted = element("select"), field = element("input", {type: "search", autocomplete: "off"}), count = element("span", {className: "quiet"});
    count.setAttribute("role", "status");
    sorted.append(element("option", {value: "", textContent: words.unsorted}));
    names.forEach(function (name, column) {
      if (!name) return;
      sorted.append(element("option", {value: String(column + 1), textContent: name + " ↑"}), element("option", {value: String(-column - 1), textContent: name + " ↓"}));
      var button = element("button", {type: "button", className: "sort"});
      button.append.apply(button, Array.from(heads[column].childNodes));
      if (!heads[column].querySelector("a, button")) {
        heads[column].append(button);
        button.addEventListener("click", function () {
          sorted.value = String(sorted.value === String(column + 1) ? -column - 1 : column + 1);
          keep("sort" + number1, sorted.value);
          show();
        });
      } else heads[column].append.apply(heads[column], Array.from(button.childNodes));
    });

    function order() {
      var by = Number(sorted.value), column = Math.abs(by) - 1;
      heads.forEach(function (head, one) {
        if (by && one === column) head.setAttribute("aria-sort", by > 0 ? "ascending" : "descending"); else head.removeAttribute("aria-sort");
      });
      groups.forEach(function (row) { row.hidden = Boolean(by); });
      var listed = rows.slice();
      if (by) listed.sort(function (a, b) {
        var one = a.cells[column] || "", other = b.cells[column] || "", difference = number(one) - number(other);
        if (isNaN(difference)) difference = isNaN(number(one)) && isNaN(number(other)) ? compare(one, other) : isNaN(number(one)) ? 1 : -1;
        return by > 0 ? difference : -difference;
      });
      listed.forEach(function (one) { (by ? bodies[0] : one.body).append(one.row); });
      return listed;
    }

    function visible() { return order().filter(function (one) { return !one.row.hidden; }); }

    function show() {
      var wanted = plain(field.value).split(" ").filter(Boolean), left = 0;
      rows.forEach(function (one) {
        one.row.hidden = !wanted.every(function (word) { return one.plain.indexOf(word) >= 0; });
        if (!one.row.hidden) left++;
      });
      order();
      if (!sorted.value) groups.forEach(function (row) {
        row.hidden = Array.from(row.parentNode.rows).every(function (other) { return other === row || other.hidden; });
      });
      count.textContent = words.count.replace("{}", left).replace("{}", rows.length);
    }

    function listed() {
      var grouped = groups.length > 0;
      return [grouped ? names.concat(words.group) : names].concat(visible().map(function (one) { return grouped ? one.cells.concat(one.group) : one.cells; }));
    }

    function button(label, act) {
      var made = element("button", {type: "button", className: "plain", textContent: label});
      made.addEventListener("click", act);
      return made;
    }

    field.addEventListener("input", function () { keep("filter" + number1, field.value); show(); });
    sorted.addEventListener("change", function () { keep("sort" + number1, sorted.value); show(); });
    var tools = element("details", {className: "tools"}, [
      element("summary", {textContent: words.tools}),
      element("p", {}, [
        element("label", {textContent: words.filter + " "}, [field]), element("label", {textContent: words.sort + " "}, [sorted]), count
      ]),
      element("p", {}, [
        words.download + ": ", button("Excel", function () { save(workbook(listed()), ".xlsx"); }),
        button(words.danish, function () { save(csv(listed(), true), ".csv"); }), button("CSV", function () { save(csv(listed(), false), ".csv"); })
      ])
    ]);
    scroll.before(tools);

    function read() {
      var state = view(), before = [field.value, sorted.value];
      field.value = state.get("filter" + number1) || "";
      sorted.value = state.get("sort" + number1) || "";
      if (sorted.selectedIndex < 0) sorted.value = "";
      if (field.value || sorted.value) tools.open = true;
      if (field.value || sorted.value || before[0] || before[1]) show();
    }
    read();
    addEventListener("hashchange", read);
  }

  Array.from(document.querySelectorAll("main .scroll")).filter(function (scroll) {
    return scroll.querySelector("table > thead") && scroll.querySelector(LONG);
  }).forEach(equip);
})();
