// Loses nothing that somebody writes. Before a page's form is sent, and when an autosave fails, it asks who is signed
// in, and lets the person sign in again in a dialog over the text. What is sent by hand waits for the autosave and for
// the pictures that are under way. What is written in the first moments counts as a change, too.
"use strict";

const words = JSON.parse(document.getElementById("session-words").textContent);
// Whoever opened the page: another account must not save under their text.
let owner = null;

async function ask(options = {}) {
  // Whoever is not signed in any more is answered in the language of the page, not in that of the browser.
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  const response = await fetch(words.url, { cache: "no-store", headers, ...options });
  const session = await response.json();
  // Signing in changes the token of every form, also when it happened in another tab.
  window.wagtailConfig.CSRF_TOKEN = session.token;
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = session.token;
  return session;
}

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

// Resolves with true once the owner is signed in again, with false if they put it off.
let open = null;
function signInAgain(session) {
  open ??= showDialog(session).finally(() => { open = null; });
  return open;
}

function showDialog(session) {
  const problem = make("p", { className: "session-dialog__problem", role: "alert" });
  const username = make("input", { name: "username", type: "text", autocomplete: "username", required: true, value: owner?.username ?? "" });
  const password = make("input", { name: "password", type: "password", autocomplete: "current-password", required: true });
  const later = make("button", { type: "button", className: "button button-secondary", textContent: words.later });
  const form = make("form", { method: "dialog", className: "session-dialog__form" },
    make("h2", { textContent: words.heading }), make("p", { textContent: words.text }), problem,
    make("label", {}, words.username, username), make("label", {}, words.password, password),
    make("div", { className: "session-dialog__buttons" },
      make("button", { type: "submit", className: "button", textContent: words.signIn }), later));
  const dialog = make("dialog", { className: "session-dialog" }, form);
  dialog.setAttribute("aria-label", words.heading);
  document.body.append(dialog);

  const explainOther = (now) => {
    problem.textContent = words.other.replaceAll("{now}", now).replaceAll("{then}", owner.name);
  };
  if (session.user) explainOther(session.name);

  return new Promise((resolve) => {
    // Another window may have signed in meanwhile, and has changed the token then.
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

// The buttons that Wagtail has set to “Saving…” are set back: nothing is being saved. What its dialogs of the review
// have put into the form would otherwise go with the next autosave, as an answer that nobody gives any more.
function release(form) {
  for (const answer of form.querySelectorAll(":scope > [name=action-workflow-action], :scope > [name^=workflow-action-]")) {
    answer.remove();
  }
  for (const button of form.querySelectorAll("[data-controller~=w-progress]")) {
    button.setAttribute("data-w-progress-loading-value", "false");
  }
}

// Wagtail's autosave begins with this.
function askForAutosave(form) {
  form.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } }));
}

function guard(form) {
  let isCleared = false;
  // From a press of a button until the form is sent, it holds what the press is about: no autosave takes it along.
  let isSending = false;
  let isPutOff = false;
  // The first autosave of a new page creates it: sent meanwhile, the form would create it a second time.
  let autosaving = null;
  form.addEventListener("w-autosave:save", (event) => {
    if (isSending) {
      isPutOff = true;
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    autosaving = new Promise((resolve) => {
      for (const name of ["success", "error"]) form.addEventListener(`w-autosave:${name}`, resolve, { once: true });
    });
  }, true);
  // The pictures that are on their way, each time that some are let go of: whether all have arrived.
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
      // By now the button is disabled, as one that was pressed, and would not be sent.
      const pressed = submitter?.name ? make("input", { type: "hidden", name: submitter.name, value: submitter.value }) : null;
      if (pressed) form.append(pressed);
      isCleared = true;
      form.requestSubmit();
      isCleared = false;
      pressed?.remove();
    });
  }, true);
  // Wagtail's dialogs of the review send the form by this, which tells no listener.
  form.submit = () => sendWith(() => HTMLFormElement.prototype.submit.call(form));

  async function arePicturesIn() {
    let areIn = true;
    while (adding.size) areIn = (await Promise.all(adding)).every(Boolean) && areIn;
    if (!areIn) show(words.pictures);
    return areIn;
  }

  async function sendWith(send) {
    // A button that is “Saving…” for half a minute can be pressed again.
    if (isSending) return;
    isSending = true;
    const isReady = (await arePicturesIn()) && (await autosaving, await isSignedIn());
    if (isReady) {
      form.dispatchEvent(new CustomEvent("newsroom:sending"));
      send();
    } else {
      release(form);
    }
    isSending = false;
    if (isPutOff && !isReady) askForAutosave(form);
    isPutOff = false;
  }
}

// Wagtail takes what a form holds after two seconds or three for what it held at first.
function noticeEarly(form) {
  const notice = (event) => {
    if (event.target === document.activeElement) form.setAttribute("data-w-unsaved-force-value", "true");
  };
  form.addEventListener("input", notice);
  form.addEventListener("w-autosave:save", () => form.removeEventListener("input", notice), { once: true });
}

// Tab leads from a field to the next one. A comment is begun by the mouse, or by the keys that Wagtail has for it.
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
  forms.forEach(passOverComments);
  ask().then((session) => { owner ??= session; });
  // An autosave that failed with a token that another window's sign-in has changed is tried again, once.
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

// A title is shown on several lines where it is long, and stays one.
const title = document.getElementById("id_title");
title?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) event.preventDefault();
});
// Wagtail makes the address of it at each key; what is pasted or dictated presses none.
title?.addEventListener("input", () => title.dispatchEvent(new KeyboardEvent("keyup")));
