// Opens folded fields together with the choice that needs them (portal/content/editing/folded.py), even if it is
// already selected.
"use strict";

document.addEventListener("click", ({ target }) => {
  if (!target.matches?.("[data-edit-form] input[type=radio]")) return;
  const chosen = `${target.name.split("-").at(-1)}=${target.value}`;
  const row = target.closest("[data-inline-panel-child]") ?? target.form;
  for (const folded of row.querySelectorAll("[data-opens-with]")) {
    if (folded.dataset.opensWith === chosen) folded.open = true;
  }
});
