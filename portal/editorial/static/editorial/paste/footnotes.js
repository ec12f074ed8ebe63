// Finds footnotes: a short link to a note that links back to it. Word, LibreOffice, Google Docs, WordPress and
// Wikipedia all write them this way.
"use strict";

const paste = (window.portalPaste ??= {});

const NOTE = [
  "li",
  "dd",
  "[data-style*='mso-element:footnote']:not([data-style*='footnote-list'])",
  "[data-style*='mso-element:endnote']:not([data-style*='endnote-list'])",
  "div[id^=sdfootnote]",
  "div[id^=sdendnote]",
].join(", ");
const LONGEST_REFERENCE = 12;

const fragmentOf = (link) => paste.decoded((link.getAttribute("href") ?? "").split("#")[1] ?? "");

const isShort = (element) => element.textContent.trim().length <= LONGEST_REFERENCE;
const isReference = (link) => /^[[(]?\d{1,3}[\])]?$/.test(link.textContent.trim());

// Returns `notes`, the notes' elements in the order of their references; `references`, a map from links to their note's
// number (0 if the note was not copied); and `backLinks`, the links back.
paste.footnotesOf = (body) => {
  const named = new Map();
  for (const element of body.querySelectorAll("[id], [name]")) {
    for (const name of [element.id, element.getAttribute("name")]) if (name && !named.has(name)) named.set(name, element);
  }
  const notes = [];
  const references = new Map();
  const backLinks = new Set();
  for (const link of body.querySelectorAll("a[href*='#']")) {
    if (!isShort(link) || backLinks.has(link)) continue;
    const target = named.get(fragmentOf(link));
    if (!target) {
      const isRaised = link.closest("sup") || link.querySelector("sup, [class*=FootnoteReference]");
      if (isRaised && isReference(link)) references.set(link, 0);
      continue;
    }
    // Word marks up its comments in the same way as notes.
    if (target.closest("[data-style*='mso-element:comment']")) continue;
    const note = target.closest(NOTE) ?? target.closest("p, div, aside");
    if (!note || note.contains(link)) continue;
    const within = [...note.querySelectorAll("a[href*='#']")].filter(isShort);
    const leadsBack = (each) => {
      const source = named.get(fragmentOf(each));
      return source && isShort(source) && (source.contains(link) || link.contains(source));
    };
    if (!notes.includes(note) && !within.some(leadsBack)) continue;
    within.forEach((each) => backLinks.add(each));
    if (!notes.includes(note)) notes.push(note);
    references.set(link, notes.indexOf(note) + 1);
  }
  return { notes, references, backLinks };
};
