// Opens folded fields together with the choice that needs them (portal/content/editing/folded.py), even if it is
// already selected. In a new row, the first input into such a field selects that choice, unless somebody has chosen.
"use strict";

(() => {
  const chosenIn = new WeakSet();
  const rowOf = (field) => field.closest("[data-inline-panel-child]") ?? field.form;

  document.addEventListener("click", ({ target }) => {
    if (!target.matches?.("[data-edit-form] input[type=radio]")) return;
    const chosen = `${target.name.split("-").at(-1)}=${target.value}`;
    const row = rowOf(target);
    chosenIn.add(row);
    for (const folded of row.querySelectorAll("[data-opens-with]")) {
      if (folded.dataset.opensWith === chosen) folded.open = true;
    }
  });

  const choose = ({ target }) => {
    const folded = target.closest?.("[data-edit-form] [data-opens-with]");
    const row = folded && rowOf(target);
    const isSaved = row?.querySelector("input[type=hidden][name$='-id'][value]:not([value=''])");
    if (!row || isSaved || chosenIn.has(row)) return;
    chosenIn.add(row);
    const [name, value] = folded.dataset.opensWith.split("=");
    const choice = row.querySelector(`input[type=radio][name$="-${name}"][value="${value}"]`);
    if (!choice || choice.checked) return;
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  };
  // The date picker's event does not bubble.
  for (const name of ["input", "change"]) document.addEventListener(name, choose, true);
})();
