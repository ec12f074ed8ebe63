// Tells public pages on this host that somebody is signed in to the newsroom, so that they link to the form. Pages on
// other hosts learn it from a fragment in the newsroom's links to them. Storage needs neither cookie nor request.
"use strict";

const isSignedOut = document.body.classList.contains("login");
try {
  if (isSignedOut) localStorage.removeItem("newsroom");
  else localStorage.setItem("newsroom", "yes");
} catch {
  // Storage may be blocked; then there is no link.
}

document.addEventListener("click", ({ target }) => {
  const link = target.closest?.("a.page-status-tag, a.w-status--primary, .messages a");
  if (link && link.origin !== location.origin && !link.hash) link.hash = "newsroom";
}, true);
