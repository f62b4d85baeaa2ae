// Puts Yasgui in the place of the form's text field. It speaks to this server only, and completes our own vocabulary.
"use strict";

const place = document.getElementById("editor");
/** Say in the page's language what Yasgui, which has no translations, says in English. */
function translate(root, words) {
  const said = (text) => {
    if (text in words.said) return words.said[text];
    const [pattern, instead] = words.patterns.find(([pattern]) => new RegExp(pattern).test(text)) ?? [];
    if (!pattern) return text;
    return text.replace(new RegExp(pattern), instead.replace(/\$(\d)/g, (_, number) => {
      const part = new RegExp(pattern).exec(text)[number];
      return words.said[part] ?? part.replace(/^(\d+)\.(\d+)$/, `$1${words.point}$2`);
    }));
  };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = root; node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      const own = node.parentElement?.closest(".CodeMirror, tbody");
      const text = own ? node.data : said(node.data);
      if (text !== node.data) node.data = text;
    } else if (node.getAttribute) {
      for (const name of ["title", "placeholder", "aria-label"]) {
        const text = node.getAttribute(name);
        if (text && said(text) !== text) node.setAttribute(name, said(text));
      }
    }
  }
}

/** Complete IRIs of one kind from a list; the name in the page's language stands behind each. */
function complete(Yasqe, from, name, iris, labels) {
  Yasqe.forkAutocompleter(from, {
    name, bulk: true, autoShow: true, persistenceId: null,
    get: iris,
    postprocessHints: (yasqe, hints) => hints.map((hint) => {
      const prefixes = yasqe.getPrefixesFromQuery();
      const [prefix, local] = hint.text.split(":", 2);
      const label = labels[prefix in prefixes ? prefixes[prefix] + local : hint.text.slice(1, -1)];
      return label ? { ...hint, displayText: `${hint.text}  ${label}` } : hint;
    }),
  }, false);
}

/** What the server says of a query that it did not answer, as text. */
function problem(error) {
  try {
    const told = JSON.parse(error.text);
    const shown = document.createElement("p");
    shown.textContent = `${told.title}. ${told.detail}`;
    return shown;
  } catch {
    return undefined;
  }
}

async function start() {
  const terms = await (await fetch(place.dataset.terms)).json();
  const Yasgui = window.Yasgui, Yasqe = Yasgui.Yasqe;
  const endpoint = new URL(place.dataset.endpoint, document.baseURI).href;
  complete(Yasqe, "class", "kg-class", terms.classes, terms.labels);
  complete(Yasqe, "property", "kg-property", terms.properties, terms.labels);
  Yasqe.forkAutocompleter("prefixes", {
    name: "kg-prefixes", persistenceId: null, get: Object.entries(terms.prefixes).map(([prefix, space]) => `${prefix}: <${space}>`),
  }, false);
  // Yasgui merges lists item by item: the built-in completers, two of which ask another host, must be gone from its defaults.
  Yasqe.defaults.autocompleters = Yasgui.defaults.yasqe.autocompleters = ["variables", "kg-prefixes", "kg-class", "kg-property"];
  Yasgui.Yasr.defaults.errorRenderers = [async (error) => problem(error)];
  Object.assign(Yasgui.Yasr.plugins.table.defaults.tableConfig.language, terms.words.table);
  const text = document.getElementById("query").value;
  const yasgui = new Yasgui(place, {
    autofocus: false,
    persistenceId: "kommunegraf",
    tabName: terms.words.tab.name,
    requestConfig: { endpoint: () => endpoint, method: "POST", headers: () => ({ "Accept-Language": document.documentElement.lang }) },
    endpointCatalogueOptions: { getData: () => [], keys: [] },
    populateFromUrl: (tab) => ({ ...tab, requestConfig: { ...tab.requestConfig, endpoint } }),
    yasqe: { value: text, editorHeight: "22rem" },
    yasr: { prefixes: terms.prefixes },
    contextMenuContainer: place,
  });
  if (place.dataset.example) {
    yasgui.addTab(true, { name: place.dataset.example, yasqe: { value: text } }, { avoidDuplicateTabs: true });
  }
  document.getElementById("place").hidden = true;
  if (Object.keys(terms.words.said).length) {
    translate(place, terms.words);
    new MutationObserver((changes) => changes.forEach((change) => translate(change.target, terms.words))).observe(place, {
      childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["title", "placeholder", "aria-label"],
    });
  }
}

if (place && window.Yasgui) start();
