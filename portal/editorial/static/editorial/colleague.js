// Stores that somebody is signed in to the newsroom, so that public pages on this host link to the form. Pages on other
// hosts get this information from a fragment in the newsroom's links to them. Local storage needs neither a cookie nor
// a request.
"use strict";

const isSignedOut = document.body.classList.contains("login");
try {
  if (isSignedOut) localStorage.removeItem("newsroom");
  else localStorage.setItem("newsroom", "yes");
} catch {
  // If storage is blocked, there is no link.
}

document.addEventListener("click", ({ target }) => {
  const link = target.closest?.("a.page-status-tag, a.w-status--primary, .messages a");
  if (link && link.origin !== location.origin && !link.hash) link.hash = "newsroom";
}, true);
