// Prevents the loss of text. Before a page's form is submitted, and when an autosave fails, it checks who is signed in
// and, if necessary, shows a sign-in dialog over the text. A manual submission waits for the current autosave and
// uploads. Input during the first seconds counts as a change; another notation of the same text does not.
"use strict";

const words = JSON.parse(document.getElementById("session-words").textContent);
// The account that opened the page. No other account may save the text.
let owner = null;

async function ask(options = {}) {
  // Without a session, the response is in the browser's language. This header requests the page's language.
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  const response = await fetch(words.url, { cache: "no-store", headers, ...options });
  const session = await response.json();
  // A sign-in changes the CSRF token of every form, including those in other tabs.
  window.wagtailConfig.CSRF_TOKEN = session.token;
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = session.token;
  return session;
}

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

// Resolves with true once the owner is signed in again, or with false for “Later”.
let open = null;
function signInAgain(session) {
  open ??= showDialog(session).finally(() => { open = null; });
  return open;
}

function showDialog(session) {
  const problem = make("p", { className: "session-dialog__problem", role: "alert" });
  const username = make("input", { name: "username", type: "text", autocomplete: "username", required: true, value: owner?.username ?? "" });
  const password = make("input", { name: "password", type: "password", autocomplete: "current-password", required: true });
  // Users with a second factor are asked for it after the password.
  const code = make("input", { name: "code", type: "text", inputMode: "numeric", autocomplete: "one-time-code", disabled: true });
  const codeLabel = make("label", { hidden: true }, words.code, code);
  const later = make("button", { type: "button", className: "button button-secondary", textContent: words.later });
  const form = make("form", { method: "dialog", className: "session-dialog__form" },
    make("h2", { textContent: words.heading }), make("p", { textContent: words.text }), problem,
    make("label", {}, words.username, username), make("label", {}, words.password, password), codeLabel,
    make("div", { className: "session-dialog__buttons" },
      make("button", { type: "submit", className: "button", textContent: words.signIn }), later));
  const dialog = make("dialog", { className: "session-dialog" }, form);
  dialog.setAttribute("aria-label", words.heading);
  document.body.append(dialog);

  const askForCode = (isAsked) => {
    codeLabel.hidden = !isAsked;
    code.disabled = !isAsked;
    code.value = "";
    password.required = !isAsked;
    if (isAsked) code.focus();
  };
  const explainOther = (now) => {
    problem.textContent = words.other.replaceAll("{now}", now).replaceAll("{then}", owner.name);
  };
  if (session.user) explainOther(session.name);

  return new Promise((resolve) => {
    // A sign-in in another window has changed the token.
    const look = async () => {
      const now = await ask();
      if (now.user === owner.user) end(true);
      return now.user === owner.user;
    };
    const lookAgain = () => look().catch(() => {});
    const end = (isSignedIn) => {
      window.removeEventListener("focus", lookAgain);
      dialog.remove();
      resolve(isSignedIn);
    };
    window.addEventListener("focus", lookAgain);
    later.addEventListener("click", () => end(false));
    dialog.addEventListener("cancel", () => end(false));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = new FormData(form);
      try {
        if (await look()) return;
        body.set("csrfmiddlewaretoken", window.wagtailConfig.CSRF_TOKEN);
        const now = await ask({ method: "POST", body });
        if (now.user === owner.user) end(true);
        else if (now.user) explainOther(now.name);
        else problem.textContent = now.errors.join(" ");
        askForCode(now.step === "code");
      } catch {
        problem.textContent = words.offline;
      }
      password.value = "";
    });
    dialog.showModal();
    (username.value ? password : username).focus();
  });
}

async function isSignedIn() {
  let session;
  try {
    session = await ask();
    owner ??= session;
  } catch {
    show(words.offline);
    return false;
  }
  return session.user === owner.user || signInAgain(session);
}

function show(text) {
  document.dispatchEvent(new CustomEvent("w-messages:add", { detail: { clear: true, type: "error", text } }));
}

// Resets the buttons that Wagtail has set to “Saving…”, and removes the fields added by its review dialogs: the next
// autosave would submit them.
function release(form) {
  for (const answer of form.querySelectorAll(":scope > [name=action-workflow-action], :scope > [name^=workflow-action-]")) {
    answer.remove();
  }
  for (const button of form.querySelectorAll("[data-controller~=w-progress]")) {
    button.setAttribute("data-w-progress-loading-value", "false");
  }
}

// The event that starts Wagtail's autosave.
function askForAutosave(form) {
  form.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } }));
}

// Fields that are not page content, as in Wagtail's own comparison.
const NO_CONTENT = /^(csrfmiddlewaretoken|next|loaded_revision_(id|created_at))$|^comments-/;

// The JSON of formatted text without keys and notation. Draftail rewrites this JSON when it starts or gets the focus, and
// an empty text becomes null.
function textIn(value) {
  if (value === "null") return "";
  if (typeof value !== "string" || !value.startsWith("{") || !value.includes('"entityMap"')) return value;
  try {
    const { blocks, entityMap } = JSON.parse(value);
    const lines = blocks.map(({ text, type, depth, inlineStyleRanges, entityRanges }) => [
      text,
      type,
      depth,
      inlineStyleRanges.map(({ offset, length, style }) => [offset, length, style]),
      entityRanges.map(({ offset, length, key }) => [offset, length, entityMap[key].type, Object.entries(entityMap[key].data).sort()]),
    ]);
    return lines.length === 1 && !lines[0][0] ? "" : JSON.stringify(lines);
  } catch {
    return value;
  }
}

const contentOf = (form) => JSON.stringify(
  [...new FormData(form)].filter(([name]) => !NO_CONTENT.test(name)).map(([name, value]) => [name, textIn(value)])
);

// How long Wagtail shows “Saving…” on a pressed button.
const LONGEST_SENDING = 30_000;

function guard(form) {
  let isCleared = false;
  // From the press of a button until the submission, the form has the button's value. No autosave may submit this
  // value.
  let isSending = false;
  // Until the next page arrives, an autosave could overtake the submission. New rows, or a new page, would then be
  // saved twice.
  let isLeaving = false;
  let isPutOff = false;
  // The first autosave of a new page creates it; a simultaneous submission would create it again.
  let autosaving = null;
  form.addEventListener("w-autosave:save", (event) => {
    if (isSending || isLeaving) {
      isPutOff = true;
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    autosaving = new Promise((resolve) => {
      for (const name of ["success", "error"]) form.addEventListener(`w-autosave:${name}`, resolve, { once: true });
    });
  }, true);
  // Promises of the uploads in progress: whether all files of a drop were added.
  const adding = new Set();
  form.addEventListener("pictures:adding", ({ detail }) => {
    adding.add(detail);
    detail.finally(() => adding.delete(detail));
  });
  form.addEventListener("submit", (event) => {
    if (isCleared) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    sendWith(() => {
      // The pressed button is disabled by now and would not be submitted.
      const pressed = submitter?.name ? make("input", { type: "hidden", name: submitter.name, value: submitter.value }) : null;
      if (pressed) form.append(pressed);
      isCleared = true;
      form.requestSubmit();
      isCleared = false;
      pressed?.remove();
    });
  }, true);
  // Wagtail asks before it overwrites another version.
  window.addEventListener("submit", (event) => {
    if (event.target === form && event.defaultPrevented && isLeaving) stay();
  });
  // Wagtail's review dialogs submit the form with `submit()`, which fires no event.
  form.submit = () => sendWith(() => HTMLFormElement.prototype.submit.call(form));

  async function arePicturesIn() {
    let areIn = true;
    while (adding.size) areIn = (await Promise.all(adding)).every(Boolean) && areIn;
    if (!areIn) show(words.pictures);
    return areIn;
  }

  async function sendWith(send) {
    // After half a minute, a button showing “Saving…” can be pressed again.
    if (isSending) return;
    isSending = true;
    const isReady = (await arePicturesIn()) && (await autosaving, await isSignedIn());
    if (isReady) {
      form.dispatchEvent(new CustomEvent("newsroom:sending"));
      isLeaving = true;
      setTimeout(stay, LONGEST_SENDING);
      send();
    } else {
      release(form);
    }
    isSending = false;
    if (!isReady) stay();
  }

  function stay() {
    isLeaving = false;
    if (isPutOff) askForAutosave(form);
    isPutOff = false;
  }
}

// Wagtail compares a form with its values two or three seconds after the page was opened, and again a second later. So
// it misses earlier changes: a typed word, or a row or block that was added, moved or removed. Until the first
// autosave, this script compares the form with its values before the first key or button was pressed.
function noticeEarly(form) {
  const acts = ["pointerdown", "keydown", "drop"];
  let before = null;
  const begin = ({ isTrusted }) => { if (isTrusted) before ??= contentOf(form); };
  const notice = () => form.setAttribute("data-w-unsaved-force-value", "true");
  // Dictated or autofilled text comes without key events.
  const fillIn = ({ target }) => { if (target === document.activeElement) notice(); };
  const compare = () => { if (before !== null && contentOf(form) !== before) notice(); };
  for (const name of acts) document.addEventListener(name, begin, true);
  form.addEventListener("input", fillIn);
  form.addEventListener("w-unsaved:watch-edits", compare);
  form.addEventListener("w-autosave:save", () => {
    for (const name of acts) document.removeEventListener(name, begin, true);
    form.removeEventListener("input", fillIn);
    form.removeEventListener("w-unsaved:watch-edits", compare);
  }, { once: true });
}

// Wagtail compares the notation of formatted text. This takes back a change that is none, before it is saved as a new
// version by somebody who only reads.
function ignoreNotation(form) {
  // Empty from the start of an autosave until Wagtail has the saved values: all other changes must be saved.
  let saved = "";
  form.addEventListener("w-unsaved:watch-edits", () => { saved = contentOf(form); });
  form.addEventListener("w-autosave:save", () => { saved = ""; });
  form.addEventListener("w-unsaved:add", (event) => {
    const isForced = form.dataset.wUnsavedForceValue === "true" || form.dataset.wUnsavedHasCommentsValue === "true";
    if (isForced || contentOf(form) !== saved) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    window.wagtail.app.getControllerForElementAndIdentifier(form, "w-unsaved")?.clear();
  }, true);
}

// Tab leads from one field to the next. Comments are started with the mouse or Wagtail's shortcut.
function passOverComments(form) {
  const pass = () => {
    for (const button of form.querySelectorAll("[data-comment-add]:not([tabindex])")) button.tabIndex = -1;
  };
  pass();
  new MutationObserver(pass).observe(form, { childList: true, subtree: true });
}

const forms = document.querySelectorAll("form[data-edit-form]");
if (forms.length) {
  forms.forEach(guard);
  forms.forEach(noticeEarly);
  forms.forEach(ignoreNotation);
  forms.forEach(passOverComments);
  forms.forEach(submitByButtonsOnly);
  ask().then((session) => { owner ??= session; });
  // If an autosave failed because a sign-in in another window has changed the token, retry it once.
  let isTriedAgain = false;
  document.addEventListener("w-autosave:success", () => { isTriedAgain = false; });
  document.addEventListener("w-autosave:error", async (event) => {
    if (event.detail.type !== "server_error" || open) return;
    const session = await ask().catch(() => null);
    if (!session) return;
    if (session.user === owner?.user) {
      if (!isTriedAgain) askForAutosave(event.target);
      isTriedAgain = true;
      return;
    }
    event.target.dispatchEvent(new CustomEvent("newsroom:signed-out"));
    if (await signInAgain(session)) {
      askForAutosave(event.target);
    }
  });
}

// Enter in a field of one line would press the form's first button, which may send the page for review.
function submitByButtonsOnly(form) {
  const fields = "input:not([type=submit], [type=button], [type=image], [type=reset], [type=file])";
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(fields)) event.preventDefault();
  });
}

// A long title wraps, but has no line breaks.
const title = document.getElementById("id_title");
title?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) event.preventDefault();
});
// Wagtail derives the slug from keystrokes, which pasted and dictated titles do not cause.
title?.addEventListener("input", () => title.dispatchEvent(new KeyboardEvent("keyup")));
