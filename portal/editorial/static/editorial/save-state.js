// One line beside the buttons says whether the form is saved. Screen readers announce changes of this state, but not
// every autosave.
"use strict";

const box = document.querySelector("[data-save-state]");
const form = box?.closest("form");
// After this time, Wagtail has noticed all input, including input during the page's first seconds.
const NOTICED = 3000;
// This is the time between attempts while the server cannot be reached.
const NEXT_TRY = 70_000;
// Fields that are not page content, as in Wagtail's own comparison.
const NO_CONTENT = /^(csrfmiddlewaretoken|next|overwrite_revision_id|loaded_revision_(id|created_at))$|^comments-/;

// Invalid fields keep their former values on the server. Each shows the reason.
const ours = [];

const within = (element, name) => element?.querySelector(`[data-contentpath="${CSS.escape(name)}"]`);

// The field, block, row or list at a path, and the place of its errors.
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

function sayWhy(form, notSaved, sent) {
  while (ours.length) ours.pop()();
  for (const { path, reason } of notSaved) {
    const input = form.elements.namedItem(path[0]);
    // It was changed meanwhile: the next autosave checks it again.
    const value = sent.get(path[0]);
    if (typeof value === "string" && typeof input?.value === "string" && input.value !== value) continue;
    // Date fields show their own messages while somebody types.
    if (input?.getAttribute?.("aria-invalid") === "true") continue;
    const { field, errors } = placeOf(form, path);
    if (!errors || errors.querySelector(":scope > .error-message")) continue;
    const line = document.createElement("p");
    line.className = "error-message";
    line.textContent = reason;
    // The line is at the top of a row or list, or below the text of a field.
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

// The form's content as text, with the values that the server has set since.
function contentOf(formData, updates) {
  const content = [...formData].filter(([name]) => !NO_CONTENT.test(name));
  return JSON.stringify(content.map(([name, value]) => [
    name,
    updates[name] ?? (value instanceof File ? [value.name, value.size, value.type] : value),
  ]));
}

function tellOf(box, form) {
  const line = box.querySelector("[data-save-state-line]");
  const news = box.querySelector("[data-save-state-news]");
  let savedAt = null;
  let last = { state: "", text: "" };
  let isSaving = false;
  // Whether Wagtail has noticed a change since the last autosave began.
  let isChanged = false;
  // The form when the current autosave began.
  let sent = new FormData();
  let isOff = false;
  let isBeingSent = false;
  // Whether the form has values that the server rejected.
  let isKeptInPart = false;
  let typedAt = -Infinity;
  let again = null;

  const askForAutosave = () => {
    form.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } }));
  };
  const now = () => new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

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

  // This runs before Wagtail's own listeners, which start saving.
  window.addEventListener("w-unsaved:add", () => {
    isChanged = true;
    if (!isSaving && !isOff) show("pending");
  }, { capture: true });
  form.addEventListener("w-unsaved:clear", () => {
    isChanged = false;
    if (box.dataset.saveState === "pending") showLast();
  });
  form.addEventListener("input", (event) => {
    // A date chosen in the calendar is set by script.
    const isOwn = event.isTrusted || event.target.closest(".date-field");
    if (!isOwn || !(event.target.name || event.target.isContentEditable)) return;
    typedAt = performance.now();
  });
  form.addEventListener("w-autosave:save", () => {
    isSaving = true;
    isChanged = false;
    typedAt = -Infinity;
    sent = new FormData(form);
    show("saving");
  });
  form.addEventListener("w-autosave:success", ({ detail }) => {
    const { note = "", is_partial: isPartial = false, not_saved: notSaved = null, field_updates: updates } = detail.response;
    isSaving = false;
    isKeptInPart = Boolean(notSaved);
    form.toggleAttribute("data-kept-in-part", isKeptInPart);
    sayWhy(form, notSaved ?? [], sent);
    savedAt = now();
    if (isPartial) show("partly", { note, time: savedAt });
    else show("saved", { time: note ? `${savedAt}. ${note}` : savedAt });
    if (isChanged) show("pending");
    // Wagtail treats changes during a short autosave as saved: input, and rows that are moved or removed.
    else if (contentOf(new FormData(form), updates ?? {}) !== contentOf(sent, updates ?? {})) {
      typedAt = performance.now();
      askForAutosave();
    }
  });
  form.addEventListener("w-autosave:error", ({ detail }) => {
    isSaving = false;
    // copies.js stores the input.
    const isStored = detail.type === "network_error" && form.hasAttribute("data-is-copied");
    show("failed", { reason: isStored ? box.dataset.offline : detail.text ?? "", time: savedAt });
    clearTimeout(again);
    // Wagtail only retries for a minute.
    if (detail.type === "network_error") again = setTimeout(askForAutosave, NEXT_TRY);
  });
  window.addEventListener("offline", () => { if (box.dataset.saveState !== "failed") show("offline"); });
  window.addEventListener("online", () => {
    if (box.dataset.saveState === "offline") show(savedAt ? "saved" : "", { time: savedAt });
    else if (box.dataset.saveState === "failed") askForAutosave();
  });
  // An expired session is not an autosave error: writing.js handles it.
  form.addEventListener("newsroom:signed-out", () => show("failed", { reason: box.dataset.signedOut, time: savedAt }));
  form.addEventListener("w-autosave:deactivated", () => { isOff = true; });
  form.addEventListener("newsroom:sending", () => { isBeingSent = true; });
  // Wagtail warns before a window with known changes is closed. After an autosave, it knows of no changes, even if
  // there was input meanwhile.
  window.addEventListener("beforeunload", (event) => {
    const isUnnoticed = performance.now() - typedAt < NOTICED;
    if (!isOff && !isBeingSent && (isSaving || isUnnoticed || isKeptInPart)) event.preventDefault();
  });
  // A form that is shown again with errors has unsaved values. Wagtail only watches forms that are initially saved, so
  // it would save this form once and stop watching it. This marks the form as changed once Wagtail watches it.
  if (form.dataset.wUnsavedForceValue === "true") {
    show("pending");
    last = { state: "pending", text: line.textContent };
    typedAt = Infinity;
    form.dataset.wUnsavedForceValue = "false";
    form.addEventListener("w-unsaved:watch-edits", () => { form.dataset.wUnsavedForceValue = "true"; }, { once: true });
  }
}

// On a phone, the line and the buttons are at the bottom of the screen, above the keyboard (phone.css).
function keepAboveKeyboard(bar) {
  const view = window.visualViewport;
  const lift = () => {
    const covered = document.documentElement.clientHeight - view.height - view.offsetTop;
    bar.style.setProperty("--keyboard", `${Math.max(0, covered)}px`);
  };
  for (const name of ["resize", "scroll"]) view?.addEventListener(name, lift);
}

if (form) {
  tellOf(box, form);
  keepAboveKeyboard(box.parentElement);
}
