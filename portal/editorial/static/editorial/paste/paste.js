// Pastes from Word, Google Docs, LibreOffice, Outlook or a web page into a text editor, as our own blocks. All of this
// happens in the browser, so omitted content never leaves it.
"use strict";

const paste = window.portalPaste;
const { words, fill } = paste;

const tracking = new RegExp(`^(?:${words.tracking})$`, "i");
// With longer text, the editor is slow.
const MOST_LETTERS = 300_000;

// Pastes that a single Ctrl+Z undoes.
const records = [];

const lettersIn = ({ pieces }) => paste.linesOf(pieces).reduce((sum, { spans }) => sum + spans.reduce((all, { text }) => all + text.length, 0), 0);

// The parts of a clipboard, which can only be read during its event.
const partsOf = (data) => ({
  html: data.getData("text/html"),
  text: data.getData("text/plain"),
  rtf: data.getData("text/rtf"),
  files: [...data.files].filter(({ type }) => type.startsWith("image/")),
});

// Whether the editor can handle the paste itself: text from the editor, or one line of plain text.
const isPlain = ({ html, text, files }) =>
  html.includes("data-draftjs-conductor") || (!html && !/\S[^\S\n]*[\r\n]/.test(text.trim()) && !(files.length && !text));

function read({ html, text, ...others }) {
  const found = html && paste.readHtml(html, { tracking, name: words.picture, ...others });
  if (found && (found.pieces.length || found.leftOut.size)) return found;
  if (text) return paste.readText(text, { tracking });
  const pieces = others.files.map((file) => ({ kind: "picture", picture: { alt: "", caption: "", name: file.name, address: "", file } }));
  return { pieces, notes: [], noteTitle: "", leftOut: new Map() };
}

// Wagtail reads a form's initial values only after two or three seconds, and would overlook an earlier change.
function noticeChange(form) {
  form?.setAttribute("data-w-unsaved-force-value", "true");
  form?.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } }));
}

function takeBack(record, form) {
  records.splice(0, records.length, ...records.filter((each) => each !== record));
  paste.closeNotice();
  if (record.isUnchanged()) {
    record.takeBack();
    noticeChange(form);
    paste.showCaret();
    paste.say(words.undone);
  } else {
    paste.say(words.changed);
  }
}

// The page being edited, or the parent of a new one.
const pageKey = () => location.pathname.match(/\/(\d+)\/(?:edit\/)?(?:$|[^/]*$)/)?.[1] ?? "";

async function stored(file) {
  const body = new FormData();
  body.append("file", file);
  body.append("page", pageKey());
  const headers = { "X-Requested-With": "XMLHttpRequest", "X-CSRFToken": window.wagtailConfig.CSRF_TOKEN };
  const response = await fetch(words.store, { method: "POST", headers, body }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  return answer?.picture ? answer : { error: answer?.error ?? (response?.status === 403 ? words.forbidden : words.failed) };
}

async function addPictures(record, form, say, refuse) {
  const all = record.pictures.length;
  let number = 0;
  for (const [place, picture] of record.pictures.entries()) {
    say(fill(words.progress, { number: place + 1, all, name: picture.name }));
    const { picture: image, error } = await stored(picture.file);
    if (image) {
      record.addPicture(picture, image);
      number += 1;
    } else {
      refuse(fill(words.refused, { name: picture.name, reason: error }));
    }
  }
  say(fill(words.done, { number, all }));
  if (number) noticeChange(form);
  return number === all;
}

// A field without picture blocks only lists the pictures' names.
function nameOnly(place, found) {
  if (paste.offers(place, "figure")) return;
  const pictures = found.pieces.filter(({ kind }) => kind === "picture");
  found.pieces = found.pieces.filter(({ kind }) => kind !== "picture");
  if (pictures.length) found.leftOut.set("noPlace", pictures.map(({ picture }) => ({ text: picture.name, address: "" })));
}

function insert(place, found) {
  nameOnly(place, found);
  if (lettersIn(found) > MOST_LETTERS) {
    found.pieces = [];
    found.notes = [];
    found.leftOut = new Map([["tooLong", [{ text: "", address: "" }]]]);
  }
  const form = place.wrapper.closest("form[data-edit-form]");
  const language = place.wrapper.closest("[data-language]")?.dataset.language ?? document.documentElement.lang;
  const record = paste.insert(place, found, found.noteTitle || (words.notes[language] ?? Object.values(words.notes)[0]));
  if (!record.isNative) records.push(record);
  noticeChange(form);
  paste.showCaret();
  paste.showNotice(place, found, record, {
    takeBack: () => takeBack(record, form),
    addPictures: (say, refuse) => {
      const adding = addPictures(record, form, say, refuse);
      // A form submitted meanwhile waits (writing.js).
      form?.dispatchEvent(new CustomEvent("pictures:adding", { detail: adding }));
      return adding;
    },
  });
}

function pasteInto(event) {
  const text = event.target.closest?.(".public-DraftEditor-content");
  const place = text && event.clipboardData && paste.placeOf(text);
  if (!place) return;
  const clipboard = partsOf(event.clipboardData);
  const address = clipboard.text.trim();
  const cleaned = /^https?:\/\/\S+$/i.test(address) ? paste.cleanAddress(address, tracking) : "";
  const isLink = cleaned && cleaned !== address && place.editor.props.entityTypes.some(({ type }) => type === "LINK");
  if (!isLink && isPlain(clipboard)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (isLink) paste.insertLink(place, cleaned);
  else insert(place, read(clipboard));
}

function undo(event) {
  const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key?.toLowerCase() === "z";
  const record = records.at(-1);
  if (!isUndo || !record?.isUnchanged()) return;
  const place = paste.placeOf(event.target);
  if (place?.stream !== record.stream) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  takeBack(record, place.wrapper.closest("form[data-edit-form]"));
}

document.addEventListener("paste", pasteInto, { capture: true });
document.addEventListener("keydown", undo, { capture: true });
