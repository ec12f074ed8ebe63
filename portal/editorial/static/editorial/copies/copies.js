// Stores a copy in this browser of input that the server has not confirmed. When the same account opens the page again,
// it is offered the copy with its differences. The copy is removed once the server has the text, at sign-out, and after
// two weeks.
"use strict";

const DAYS = 14;
const DAY = 86_400_000;
// The cookie in which the server names the owner of copies no longer needed.
const COOKIE = "browser_copies";
// Milliseconds while somebody types, and after the last keystroke: some fields are filled in later.
const OFTEN = 250;
const AFTER = [400, 1500];
const LONGEST = 180;
const CONTEXT = 40;
const SHOWN = 8;

let opening = null;
function database() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("newsroom", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("copies", { keyPath: "window" }).createIndex("page", ["account", "path"]);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

// Resolves with a request's result once it is stored.
async function use(mode, act) {
  const transaction = (await database()).transaction("copies", mode);
  const request = act(transaction.objectStore("copies"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

const remove = (window) => use("readwrite", (store) => store.delete(window));

async function removeWhere(isUnneeded) {
  const copies = await use("readonly", (store) => store.getAll());
  await Promise.all(copies.filter(isUnneeded).map((copy) => remove(copy.window)));
}

const news = "BroadcastChannel" in window ? new BroadcastChannel("newsroom-copies") : null;

async function removeUnneeded() {
  const [what, key] = (document.cookie.match(new RegExp(`(?:^|; )${COOKIE}=([^;]+)`))?.[1] ?? "").split(".");
  if (what === "saved") await remove(key);
  if (what === "ended") {
    await removeWhere((copy) => copy.account === key);
    news?.postMessage(key);
  }
  if (what) document.cookie = `${COOKIE}=; path=/admin/; max-age=0`;
  await removeWhere((copy) => Date.now() - copy.time > DAYS * DAY);
}

// The titles of chosen records, by field name; the fields' values are keys.
function titlesIn(form) {
  const titles = {};
  for (const place of form.querySelectorAll("[data-chooser-title]")) {
    const input = place.closest(".chooser")?.parentElement.querySelector("input[type=hidden][name]");
    if (input?.value) titles[input.name] = place.textContent.trim();
  }
  return titles;
}

const textFields = (form) =>
  [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");

// The text editor fills in its field only when the typing pauses. Passages with a comment are no part of the text.
// Returns the field.
function fillInFocusedEditor() {
  const text = document.activeElement?.closest("[data-draftail-editor-wrapper]")?.parentNode;
  const input = [...text?.querySelectorAll("input") ?? []].find(({ draftailEditor }) => draftailEditor);
  const content = input?.draftailEditor.getEditorState().getCurrentContent();
  if (!content?.hasText()) return null;
  const raw = window.DraftJS.convertToRaw(content);
  for (const block of raw.blocks) {
    block.inlineStyleRanges = block.inlineStyleRanges.filter(({ style }) => !style.startsWith("COMMENT-"));
  }
  input.value = JSON.stringify(raw);
  return input;
}

// Stores copies of a form while somebody types in it.
function keep(form, { account, key }) {
  let edits = 0;
  let sent = 0;
  let confirmed = 0;
  let soon = null;
  let after = [];
  let isSignedOut = false;
  let base = [form.elements.loaded_revision_id?.value, form.elements.loaded_revision_created_at?.value];

  async function write() {
    clearTimeout(soon);
    soon = null;
    if (isSignedOut) return;
    fillInFocusedEditor();
    const page = { window: key, account, base, path: location.pathname, time: Date.now() };
    const copy = { ...page, fields: textFields(form), titles: titlesIn(form) };
    // Storage may be full, or blocked for this page.
    form.toggleAttribute("data-is-copied", await use("readwrite", (store) => store.put(copy)).then(() => true, () => false));
  }
  function stop() {
    [soon, ...after].forEach(clearTimeout);
    soon = null;
    confirmed = edits;
    form.removeAttribute("data-is-copied");
  }
  function note() {
    edits += 1;
    soon ??= setTimeout(write, OFTEN);
    after.forEach(clearTimeout);
    after = AFTER.map((time) => setTimeout(write, time));
  }
  const flush = () => { if (edits !== confirmed) write(); };

  for (const name of ["beforeinput", "input", "change", "w-unsaved:add"]) form.addEventListener(name, note, { capture: true });
  window.addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", flush);
  form.addEventListener("w-autosave:save", ({ detail: { formData } }) => {
    const input = fillInFocusedEditor();
    // The last keystrokes are not sent if their field was not filled in yet.
    const isBehind = input && plain(formData.get(input.name) ?? "") !== plain(input.value);
    sent = isBehind ? edits - 1 : edits;
  });
  form.addEventListener("w-autosave:success", ({ detail: { response } }) => {
    isSignedOut = false;
    if (response.revision_id) base = [String(response.revision_id), response.revision_created_at];
    // Rejected input, and input typed meanwhile, exists only in this browser.
    if (edits !== sent || response.is_partial) return write();
    stop();
    remove(key).catch(() => {});
  });
  news?.addEventListener("message", ({ data }) => {
    if (data === account) stop();
    isSignedOut ||= data === account;
  });
}

// Fields that belong to the form, not to the page. The only count that people fill in is the number of dates in a
// series.
const NO_CONTENT = /^(next|editing_window|loaded_revision_|draft-seen|comments-)|-(id|type|count|unchanged|deleted|DELETE|[A-Z]+_FORMS)$/;
const isContent = (form, name) => !NO_CONTENT.test(name) || form.elements.namedItem(name)?.type === "number";

// The fields by a stable name. The numbers of blocks and rows change when others are added, but some have a key.
function byName(form, fields) {
  const values = Object.fromEntries(fields);
  const prefixes = Object.keys(values).filter((name) => /-\d+-id$/.test(name)).map((name) => name.slice(0, -2));
  const isGone = (prefix) => values[`${prefix}deleted`] || values[`${prefix}DELETE`];
  const found = new Map();
  for (const [name, value] of fields) {
    const around = prefixes.filter((prefix) => name.startsWith(prefix));
    if (!isContent(form, name) || around.some(isGone)) continue;
    const inner = around.findLast((prefix) => values[`${prefix}id`]) ?? "";
    found.set((inner && values[`${inner}id`]) + name.slice(inner.length), { name, value });
  }
  return found;
}

// The paragraphs and links of a value of the text editor, which the server indents; null for other values.
function richText(value) {
  if (!/^\{\s*"/.test(value)) return null;
  try {
    const { blocks, entityMap = {} } = JSON.parse(value);
    return { blocks: blocks.filter((block) => block.text.trim() || block.type === "atomic"), entities: Object.values(entityMap) };
  } catch {
    return null;
  }
}

// A value without empty paragraphs and without differences between the text editor's and the server's notation.
function plain(value) {
  const text = richText(value);
  if (!text) return value === "null" ? "" : value.replaceAll("\r\n", "\n");
  const styles = (block) => (block.inlineStyleRanges ?? []).map(({ offset, length, style }) => [style, offset, length].join(" ")).sort();
  const links = (block) => (block.entityRanges ?? []).map(({ offset, length }) => [offset, length]);
  const blocks = text.blocks.map((block) => [block.type, block.depth ?? 0, block.text, styles(block), links(block)]);
  return blocks.length ? JSON.stringify([blocks, text.entities.map(({ type, data }) => [type, Object.entries(data ?? {}).sort()])]) : "";
}

function wordsOf(form, { name, value }, titles) {
  const [text, field] = [richText(value), form.elements.namedItem(name)];
  if (text) return text.blocks.map((block) => block.text).join(" ");
  if (name in titles) return titles[name];
  if (field?.tagName === "SELECT") return [...field.options].find((option) => option.value === value)?.label ?? "";
  // A number without a field is a chosen record's key.
  return ["hidden", "checkbox"].includes(field?.type) || (!field && /^(null|\d*)$/.test(value)) ? "" : value;
}

// The label of a field, or of the list or text it belongs to; in a translation, the passage's heading.
function labelOf(form, name, other) {
  const top = name.split("-")[0];
  const field = form.elements.namedItem(name);
  const place = field?.closest?.(".passage") ?? document.getElementById(`id_${top}-FORMS`) ?? form.querySelector(`[data-contentpath="${CSS.escape(top)}"]`);
  const labels = [
    name === top ? form.querySelector(`label[for="id_${CSS.escape(top)}"]`) : null,
    (place ?? field)?.closest?.(".passage, .w-panel, .drawer__row")?.querySelector("[data-panel-heading-text], h2, h3, h4"),
    place?.querySelector("label"),
  ];
  return labels.map((label) => (label?.textContent ?? "").replace("*", "").replace(/\s+/g, " ").trim()).find(Boolean) ?? other;
}

// The server appends a number to a new page's address if another page has it.
const isNumbered = (now, then) => now?.name === "slug" && Boolean(then?.value) && /^-\d+$/.test(now.value.replace(then.value, ""));

// The differences by field label: pairs of texts. A number that the server has appended is ignored if there are other
// differences.
function compare(form, copy, other) {
  const [here, there] = [textFields(form), copy.fields].map((fields) => byName(form, fields));
  const titles = titlesIn(form);
  const found = new Map();
  const pairs = [...new Set([...here.keys(), ...there.keys()])].map((key) => [here.get(key), there.get(key)]);
  const different = pairs.filter(([now, then]) => plain(now?.value ?? "") !== plain(then?.value ?? ""));
  for (const [now, then] of different) {
    if (different.length > 1 && isNumbered(now, then)) continue;
    const label = labelOf(form, (now ?? then).name, other);
    if (!found.has(label)) found.set(label, { now: [], then: [] });
    if (now) found.get(label).now.push(wordsOf(form, now, titles));
    if (then) found.get(label).then.push(wordsOf(form, then, copy.titles));
  }
  return [...found].map(([label, { now, then }]) => ({ label, ...excerpts(now.join(" "), then.join(" ")) }));
}

// Both texts, from shortly before the first difference.
function excerpts(now, then) {
  const [one, two] = [now, then].map((text) => text.replace(/\s+/g, " ").trim());
  let same = 0;
  while (same < one.length && one[same] === two[same]) same += 1;
  const start = same > CONTEXT ? one.lastIndexOf(" ", same - CONTEXT) + 1 : 0;
  const cut = (text) => (start && text ? "… " : "") + text.slice(start, start + LONGEST) + (text.length > start + LONGEST ? " …" : "");
  return one === two ? { now: "", then: "" } : { now: cut(one), then: cut(two) };
}

// The server saves the copy like any form: as the draft, or beside the draft if somebody else has saved the page since.
function restore(form, copy) {
  const sending = document.createElement("form");
  Object.assign(sending, { method: "post", action: location.pathname, enctype: "multipart/form-data", hidden: true });
  for (const [name, value] of [...copy.fields, ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value]]) {
    sending.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(sending);
  HTMLFormElement.prototype.submit.call(sending);
}

// Copies of windows that are still open are not lost text.
async function openWindows() {
  const locks = await navigator.locks?.query();
  return new Set((locks?.held ?? []).map((lock) => lock.name));
}

async function offer(form, template, { account, key }) {
  const range = IDBKeyRange.only([account, location.pathname]);
  const copies = await use("readonly", (store) => store.index("page").getAll(range));
  const open = await openWindows();
  for (const copy of copies.sort((one, other) => other.time - one.time)) {
    if (copy.window === key || open.has(`copy ${copy.window}`)) continue;
    const differences = compare(form, copy, template.dataset.other);
    if (differences.length) return show(form, template, copy, differences, () => offer(form, template, { account, key }));
    await remove(copy.window);
  }
}

function show(form, template, copy, differences, goOn) {
  const notice = template.content.firstElementChild.cloneNode(true);
  const part = (name) => notice.querySelector(`[data-copy-${name}]`);
  part("time").textContent = new Date(copy.time).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short", hourCycle: "h23" });
  for (const { label, now, then } of differences.slice(0, SHOWN)) {
    const row = part("difference").content.cloneNode(true);
    row.querySelector("dt").textContent = label;
    row.querySelector("del").textContent = now;
    row.querySelector("ins").textContent = then;
    row.querySelector("p").hidden = Boolean(now || then);
    part("differences").append(row);
  }
  part("more").hidden = differences.length <= SHOWN;
  const shown = [form.elements.loaded_revision_id?.value, form.elements.loaded_revision_created_at?.value];
  const isNewer = copy.base[0] !== shown[0] || copy.base[1] !== shown[1];
  part("newer").hidden = !isNewer;
  part("restore").hidden = isNewer;
  part("compare").hidden = !isNewer;
  for (const name of ["restore", "compare"]) part(name).addEventListener("click", () => restore(form, copy));
  part("discard").addEventListener("click", async () => {
    await remove(copy.window);
    notice.remove();
    goOn();
  });
  form.before(notice);
}

const loaded = () => new Promise((resolve) => {
  if (document.readyState === "complete") resolve();
  else window.addEventListener("load", resolve, { once: true });
});

async function begin() {
  try {
    await removeUnneeded();
  } catch {
    // Storage is blocked for this page, so there are no copies.
    return;
  }
  const template = document.querySelector("template[data-copy-notice]");
  const form = template?.closest("form");
  if (!form) return;
  const page = { account: template.dataset.account, key: form.elements.editing_window?.value ?? `${Date.now()} ${Math.random()}` };
  navigator.locks?.request(`copy ${page.key}`, () => new Promise(() => {}));
  keep(form, page);
  // Its fields are complete once Wagtail's scripts have run.
  await loaded();
  await new Promise(requestAnimationFrame);
  await offer(form, template, page);
}

begin();
