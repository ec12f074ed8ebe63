// Reports the result of a paste, offers its pictures, and undoes it.
"use strict";

const paste = (window.portalPaste ??= {});
const words = JSON.parse(document.getElementById("paste-words").textContent);
paste.words = words;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
paste.fill = fill;

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

const button = (label, act, look = "button-secondary") => {
  const made = make("button", { type: "button", className: `button button-small ${look}`, textContent: label });
  made.addEventListener("click", act);
  return made;
};

// Screen readers only announce changes in an element that already exists.
const live = make("p", { className: "w-sr-only" });
live.setAttribute("role", "status");
document.body.append(live);
paste.say = (text) => { live.textContent = text; };

let open = null;
paste.closeNotice = () => {
  open?.remove();
  open = null;
};

function countsOf(place, { pieces, notes }) {
  const numbers = { notes: notes.length };
  for (const { kind } of pieces) if (place.child && paste.offers(place, kind)) numbers[kind] = (numbers[kind] ?? 0) + 1;
  return ["heading", "table", "quote", "notes"].filter((kind) => numbers[kind])
    .map((kind) => fill(words.counts[kind][numbers[kind] === 1 ? 0 : 1], { number: numbers[kind] }));
}

// There is one line per kind of omitted content. Pictures on other sites are links.
function leftOutList(leftOut) {
  return [...leftOut].map(([what, details]) => {
    const [before, after = ""] = words.leftOut[what].split("{details}");
    const item = make("li", {}, fill(before, { number: details.length }));
    if (!words.leftOut[what].includes("{details}")) return item;
    details.forEach(({ text, address }, place) => {
      const shown = address ? make("a", { href: address, target: "_blank", rel: "noreferrer", textContent: text }) : fill(words.quoted, { text });
      item.append(place ? ", " : "", shown);
    });
    item.append(after);
    return item;
  });
}

// Beside the text if the drawer is there, otherwise in the page below the pasted block: it never covers the text.
function put(notice, place) {
  const drawer = document.querySelector("[data-drawer]");
  if (drawer?.querySelector(":scope > [data-checklist]") && drawer.closest("form")?.contains(place.wrapper)) {
    drawer.querySelector(":scope > [data-checklist]").after(notice);
    drawer.scrollTop = 0;
    return;
  }
  const block = document.activeElement.closest("[data-streamfield-child]");
  if (block && place.stream?.container[0].contains(block)) block.append(notice);
  else place.wrapper.parentNode.append(notice);
  notice.scrollIntoView({ block: "nearest", behavior: "instant" });
  paste.showCaret();
}

// `acts` has the functions takeBack and addPictures(status). The latter resolves with whether all were added.
paste.showNotice = (place, found, record, acts) => {
  paste.closeNotice();
  const counts = countsOf(place, found);
  const isEmpty = !found.pieces.length;
  const summary = isEmpty ? words.nothing : counts.length ? fill(words.pastedWith, { counts: counts.join(", ") }) : words.pasted;
  const list = leftOutList(found.leftOut);
  const { pictures } = record;
  const isOfNote = counts.length || list.length || pictures.length;
  paste.say([summary, ...list.map(({ textContent }) => textContent), pictures.length ? fill(words.pictures, { number: pictures.length }) : ""].join(" "));
  if (!isOfNote) return;

  const status = make("p", { className: "paste-notice__status" });
  const refusals = make("ul", { className: "paste-notice__refusals" });
  const buttons = make("p", { className: "paste-notice__buttons" });
  const notice = make("div", { className: "paste-notice", tabIndex: -1 }, make("p", { className: "paste-notice__summary", textContent: summary }));
  notice.setAttribute("role", "group");
  notice.setAttribute("aria-label", words.name);
  const needsCaption = place.child && found.pieces.some(({ kind, caption }) => kind === "table" && !caption);
  if (needsCaption) notice.append(make("p", { textContent: words.caption }));
  if (list.length) notice.append(make("ul", { className: "paste-notice__left-out" }, ...list));
  notice.append(status, refusals, buttons);
  if (pictures.length) {
    const add = button(fill(words.add, { number: pictures.length }), async () => {
      add.remove();
      notice.focus();
      await acts.addPictures(
        (text) => { status.textContent = text; paste.say(text); },
        (text) => refusals.append(make("li", { textContent: text })),
      );
    }, "");
    buttons.append(add);
  }
  if (!isEmpty) buttons.append(button(words.undo, acts.takeBack));
  buttons.append(button(words.close, () => {
    paste.closeNotice();
    record.focus();
  }));
  put(notice, place);
  open = notice;
};
