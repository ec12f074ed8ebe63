// One line beside the buttons tells whether what stands in the form is saved. It is true at any moment; whoever does
// not see it is told when that changes, and not at each autosave.
"use strict";

const box = document.querySelector("[data-save-state]");
const form = box?.closest("form");
// By then Wagtail has noticed what was typed, also in the first moments of a page.
const NOTICED = 3000;

// What the server did not understand has kept the value that it had: the field says why.
const ours = [];

const within = (element, name) => element?.querySelector(`[data-contentpath="${CSS.escape(name)}"]`);

// The field or block at a path, and where its errors stand. A reason may also be that of a row, or of a whole list.
function placeOf(form, path) {
  const named = form.elements.namedItem(path[0])?.closest?.("[data-field]");
  const outer = named ?? within(form, path[0]);
  if (outer) {
    const field = named ?? path.slice(1).reduce((element, name) => within(element, name) ?? element, outer);
    return { field, errors: field.querySelector("[data-field-errors]") };
  }
  const row = document.getElementById(`inline_child_${path[0]}`)?.querySelector(".w-panel__content");
  const list = document.getElementById(`id_${path[0]}-FORMS`)?.closest(".w-panel__content");
  return { field: row ?? list, errors: row ?? list };
}

function sayWhy(form, notKept) {
  while (ours.length) ours.pop()();
  for (const { path, reason } of notKept) {
    const input = form.elements.namedItem(path[0]);
    // A date says it by itself, as it is typed.
    if (input?.getAttribute?.("aria-invalid") === "true") continue;
    const { field, errors } = placeOf(form, path);
    if (!errors || errors.querySelector(":scope > .error-message")) continue;
    const line = document.createElement("p");
    line.className = "error-message";
    line.textContent = reason;
    // At the head of a row or list, below the text of a field.
    if (errors === field) errors.prepend(line);
    else errors.append(line);
    field.classList.add("w-field--error");
    input?.setAttribute?.("aria-invalid", "true");
    ours.push(() => {
      line.remove();
      field.classList.remove("w-field--error");
      input?.removeAttribute?.("aria-invalid");
    });
  }
}

function tellOf(box, form) {
  const line = box.querySelector("[data-save-state-line]");
  const news = box.querySelector("[data-save-state-news]");
  let savedAt = null;
  let last = { state: "", text: "" };
  let isSaving = false;
  // Something was changed since the autosave that is under way began; Wagtail has noticed it, or has not yet.
  let isChanged = false;
  let isTyped = false;
  let isOff = false;
  let isBeingSent = false;
  // Something stands in the form that the server did not understand, and has not kept.
  let isKeptInPart = false;
  let typedAt = -Infinity;

  const now = () => new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

  function show(state, values = {}) {
    const word = state === "failed" && savedAt ? "failedSince" : state;
    const text = (box.dataset[word] ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
    box.dataset.saveState = state;
    line.textContent = text;
    if (state === "pending" || state === "saving") return;
    if (state !== last.state || (state !== "saved" && text !== last.text)) news.textContent = text;
    last = { state, text };
  }

  function showLast() {
    box.dataset.saveState = last.state;
    line.textContent = last.text;
  }

  // Before Wagtail's own listeners, which begin to save by this.
  window.addEventListener("w-unsaved:add", () => {
    isChanged = true;
    if (!isSaving && !isOff) show("pending");
  }, { capture: true });
  form.addEventListener("w-unsaved:clear", () => {
    isChanged = false;
    if (box.dataset.saveState === "pending") showLast();
  });
  form.addEventListener("input", (event) => {
    // What was chosen in the calendar of a date is written into its field by a script.
    const isOwn = event.isTrusted || event.target.closest(".date-field");
    if (!isOwn || !(event.target.name || event.target.isContentEditable)) return;
    typedAt = performance.now();
    if (isSaving) isTyped = true;
  });
  form.addEventListener("w-autosave:save", () => {
    isSaving = true;
    isChanged = isTyped = false;
    typedAt = -Infinity;
    show("saving");
  });
  form.addEventListener("w-autosave:success", ({ detail }) => {
    const { note = "", is_partial: isPartial = false, not_kept: notKept = null } = detail.response;
    isSaving = false;
    isKeptInPart = Boolean(notKept);
    form.toggleAttribute("data-kept-in-part", isKeptInPart);
    sayWhy(form, notKept ?? []);
    savedAt = now();
    if (isPartial) show("partly", { note, time: savedAt });
    else show("saved", { time: note ? `${savedAt}. ${note}` : savedAt });
    if (isChanged) show("pending");
    // Wagtail takes what was typed meanwhile for saved.
    else if (isTyped) form.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } }));
  });
  form.addEventListener("w-autosave:error", ({ detail }) => {
    isSaving = false;
    show("failed", { reason: detail.text ?? "", time: savedAt });
  });
  // What the server answered to the autosave is no error: writing.js has asked who is signed in.
  form.addEventListener("newsroom:signed-out", () => show("failed", { reason: box.dataset.signedOut, time: savedAt }));
  form.addEventListener("w-autosave:deactivated", () => { isOff = true; });
  form.addEventListener("newsroom:sending", () => { isBeingSent = true; });
  // Wagtail asks whoever closes the window over a change that it knows of. After an autosave it knows of none, and takes
  // what was typed meanwhile for saved while that is on its way.
  window.addEventListener("beforeunload", (event) => {
    const isUnnoticed = performance.now() - typedAt < NOTICED;
    if (!isOff && !isBeingSent && (isSaving || isTyped || isUnnoticed || isKeptInPart)) event.preventDefault();
  });
  // A form that came back refused holds what is saved nowhere. Wagtail would save it once and never look at it again: it
  // watches only a form that it takes for saved at first. Once it does, it is told otherwise.
  if (form.dataset.wUnsavedForceValue === "true") {
    show("pending");
    last = { state: "pending", text: line.textContent };
    typedAt = Infinity;
    form.dataset.wUnsavedForceValue = "false";
    form.addEventListener("w-unsaved:watch-edits", () => { form.dataset.wUnsavedForceValue = "true"; }, { once: true });
  }
}

// On a phone the line is at the lower edge of the screen, of which the keyboard takes a part (phone.css).
function keepAboveKeyboard(box) {
  const view = window.visualViewport;
  const lift = () => {
    const covered = document.documentElement.clientHeight - view.height - view.offsetTop;
    box.style.setProperty("--keyboard", `${Math.max(0, covered)}px`);
  };
  for (const name of ["resize", "scroll"]) view?.addEventListener(name, lift);
}

if (form) {
  tellOf(box, form);
  keepAboveKeyboard(box);
}
