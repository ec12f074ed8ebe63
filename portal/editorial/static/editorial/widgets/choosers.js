// Chooser dialogs have the name of their heading. The search field has the focus. Ticked rows remain ticked after a
// search and on other pages of the list.
"use strict";

const SEARCH = "[role=search] input[type=text], [data-chooser-modal-search] input[type=text]";
const coarse = matchMedia("(pointer: coarse)");

function name(dialog) {
  const heading = dialog.querySelector("h1, h2")?.textContent.replace(/\s+/g, " ").trim();
  if (heading) dialog.setAttribute("aria-label", heading);
  // Above a column of arrows.
  for (const head of dialog.querySelectorAll("thead th:not([role])")) if (!head.textContent.trim()) head.setAttribute("role", "cell");
  // The title below the picture has the same text.
  for (const picture of dialog.querySelectorAll(".listing.images .image img")) picture.alt = "";
}

function keepChoices(dialog) {
  // A user may tick a row before this script has started.
  const keys = new Set([...dialog.querySelectorAll("[data-multiple-choice-select]:checked")].map((box) => box.value));
  let label = "";

  // Wagtail replaces the list, or the whole form.
  function complete() {
    name(dialog);
    const form = dialog.querySelector("[data-multiple-choice-form]");
    const button = form?.querySelector("[data-multiple-choice-submit]");
    if (!button) return;
    let bar = form.querySelector(".chooser-confirm");
    if (!bar) {
      bar = document.createElement("div");
      bar.className = "chooser-confirm";
      label = button.value;
      button.before(bar);
      bar.append(button);
    }
    const boxes = [...form.querySelectorAll("[data-multiple-choice-select]")];
    for (const box of boxes) box.checked = keys.has(box.value);
    const elsewhere = [...keys].filter((key) => !boxes.some((box) => box.value === key));
    const kept = [...bar.querySelectorAll("input[type=hidden]")];
    if (kept.map((input) => input.value).join() !== elsewhere.join()) {
      kept.forEach((input) => input.remove());
      bar.append(...elsewhere.map((value) => Object.assign(document.createElement("input"), { type: "hidden", name: "id", value })));
    }
    const text = keys.size ? `${label} (${keys.size})` : label;
    if (button.value !== text) button.value = text;
    if (button.disabled === Boolean(keys.size)) button.disabled = !keys.size;
  }

  dialog.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-multiple-choice-select]")) return;
    if (target.checked) keys.add(target.value);
    else keys.delete(target.value);
    complete();
  });
  new MutationObserver(complete).observe(dialog, { childList: true, subtree: true });
  complete();
}

window.jQuery(document).on("show.bs.modal", ({ target }) => keepChoices(target));
window.jQuery(document).on("shown.bs.modal", ({ target }) => {
  // On a phone, the keyboard would cover the list.
  if (!coarse.matches) target.querySelector(SEARCH)?.focus({ preventScroll: true });
});
