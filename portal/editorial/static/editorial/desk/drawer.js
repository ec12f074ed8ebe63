// Gives the paper its site's colours. Each row of the drawer beside it shows its value as text, and opens if it has an
// error.
"use strict";

// The content security policy forbids style attributes in the HTML.
for (const paper of document.querySelectorAll("[data-paper]")) paper.style.cssText = paper.dataset.paper;

const drawer = document.querySelector("[data-drawer]");
// More would not fit on one line.
const LONGEST = 160;
const CONTROLS = [
  "[data-chooser-title]",
  "select",
  "textarea[name]",
  "input[name]:is([type=text], [type=url], [type=number], [type=email], [type=checkbox])",
  ".public-DraftEditor-content",
].join(", ");

const isGone = (element) => element.closest(".deleted, .chooser.blank, [hidden]:not([hidden=until-found])");

function wordsOf(control, settings) {
  if (control.matches("[data-chooser-title], .public-DraftEditor-content")) return control.textContent;
  if (control.type === "checkbox") return control.checked ? labelOf(control) || settings.yes : "";
  if (control.tagName === "SELECT") return control.value ? control.selectedOptions[0]?.textContent ?? "" : "";
  return control.value;
}

const labelOf = (control) => control.labels?.[0]?.textContent.replace("*", "").trim() ?? "";

function valueOf(content, settings) {
  const controls = [...content.querySelectorAll(CONTROLS)].filter((control) => !isGone(control));
  if (controls.length === 1 && controls[0].type === "checkbox") return controls[0].checked ? settings.yes : settings.no;
  const words = controls.map((control) => wordsOf(control, settings).replace(/\s+/g, " ").trim()).filter(Boolean);
  return words.join(", ").slice(0, LONGEST) || settings.none;
}

function show(row) {
  const place = row.querySelector(":scope > .w-panel__header [data-drawer-value]");
  const content = row.querySelector(":scope > .w-panel__content");
  if (!place || !content) return;
  const value = valueOf(content, drawer.dataset);
  if (place.textContent !== value) place.textContent = value;
  row.classList.toggle("drawer__row--empty", value === drawer.dataset.none);
}

function openForErrors(row) {
  const toggle = row.querySelector(":scope > .w-panel__header > [data-panel-toggle]");
  const isWrong = row.querySelector(".w-field--error, .error-message");
  if (isWrong && !row.hasAttribute("data-is-wrong") && toggle?.getAttribute("aria-expanded") === "false") toggle.click();
  row.toggleAttribute("data-is-wrong", Boolean(isWrong));
}

if (drawer) {
  const rows = [...drawer.querySelectorAll(":scope > .drawer__row")];
  let isDue = false;
  const showAll = () => {
    isDue = false;
    rows.forEach(show);
    rows.forEach(openForErrors);
  };
  const later = () => {
    if (!isDue) requestAnimationFrame(showAll);
    isDue = true;
  };
  for (const name of ["input", "change"]) drawer.addEventListener(name, later);
  new MutationObserver(later).observe(drawer, { childList: true, subtree: true, attributeFilter: ["class"] });
  // Wagtail initialises its fields once the page has loaded.
  window.addEventListener("load", later);
  showAll();
}
