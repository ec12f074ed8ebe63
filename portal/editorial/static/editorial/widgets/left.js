// If the user leaves a page during an autosave and reopens it at once, it may show the earlier text, which would cause
// a conflict. The page is reloaded once that autosave has arrived, unless the user has typed.
"use strict";

const form = document.querySelector("form[data-edit-form]");
const NAME = "left-while-saving";
const MOST = 10_000;

function tell(form) {
  let isSaving = false;
  form.addEventListener("w-autosave:save", () => { isSaving = true; });
  for (const name of ["success", "error"]) form.addEventListener(`w-autosave:${name}`, () => { isSaving = false; });
  window.addEventListener("pagehide", () => {
    if (isSaving) sessionStorage.setItem(NAME, JSON.stringify({ path: location.pathname, time: Date.now() }));
  });
}

function watch(form) {
  let isWritten = false;
  for (const name of ["input", "w-unsaved:add"]) form.addEventListener(name, () => { isWritten = true; }, { once: true });
  const sessions = document.querySelector("[data-controller~=w-session]");
  sessions?.addEventListener("w-swap:json", ({ detail }) => {
    const isOld = detail.data?.other_sessions?.some((session) => session.revision_id);
    if (isOld && !isWritten) location.reload();
  });
  // Wagtail only checks for newer versions after the page has loaded, and then every ten seconds.
  for (const wait of [1000, 3000]) setTimeout(() => sessions?.dispatchEvent(new CustomEvent("w-session:ping")), wait);
}

if (form) {
  const left = JSON.parse(sessionStorage.getItem(NAME) ?? "null");
  sessionStorage.removeItem(NAME);
  tell(form);
  if (left?.path === location.pathname && Date.now() - left.time < MOST) watch(form);
}
