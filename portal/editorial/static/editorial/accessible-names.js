// Adds names and roles for screen readers where Wagtail's screens lack them.
const name = (selector, text) => {
  for (const element of document.querySelectorAll(selector)) {
    if (!element.getAttribute("aria-label")) element.setAttribute("aria-label", text(element));
  }
};
const give = (selector, attribute, value) => {
  for (const element of document.querySelectorAll(selector)) element.setAttribute(attribute, value);
};
const labelOf = (element) =>
  element.closest("[data-field-wrapper], .w-field__wrapper")?.querySelector("label, .w-field__label")?.textContent.trim() || "Tags";

// The label of the list that contains an unlabelled row, and the row's number.
const nameRow = (input) => {
  const rows = input.closest("[data-streamfield-list-container]");
  const label = rows.closest("[data-contentpath]")?.querySelector("label, .w-field__label")?.textContent.replace("*", "").trim();
  const number = [...rows.querySelectorAll("input[type=text]")].indexOf(input) + 1;
  if (label && !input.labels.length) input.setAttribute("aria-label", `${label} ${number}`);
};

const mend = () => {
  document.querySelectorAll("[data-streamfield-list-container] input[type=text]:not([aria-label])").forEach(nameRow);
  name(".ui-autocomplete-input", labelOf);
  name("#fileupload", (input) => input.closest("form")?.querySelector("label, h2, p")?.textContent.trim() || document.title);
  // Wagtail moves the words of this button into its tooltip.
  name("button.w-editing-sessions__session", ({ _tippy: tooltip }) => tooltip?.props.content.textContent?.replace(/\s+/g, " ").trim() ?? "");
  // The row and the column of a cell, as in a spreadsheet.
  name("input[id*='-cell-']", ({ id }) => id.match(/(\d+)-(\d+)$/).slice(1).map((place) => Number(place) + 1).join(", "));
  give("ul.workflow-tasks", "role", "group");
  give("ul.workflow-tasks li, ul.workflow-tasks h4", "role", "none");
  give("#other-searches-title", "aria-level", "2");
  give("th:empty:not([aria-label])", "role", "cell");
  // This button is not one of the tabs that it opens.
  for (const link of document.querySelectorAll("a.button[role=tab]")) link.removeAttribute("role");
  // The radio button in each label takes the focus (face.css), because a label does not react to keys.
  for (const label of document.querySelectorAll("label[tabindex].w-layout-toggle-button")) label.removeAttribute("tabindex");
  for (const heading of document.querySelectorAll("h2[role=alert]")) heading.removeAttribute("role");
  // Above the tasks in the report of reviews.
  for (const heading of document.querySelectorAll("td > h2:empty")) heading.remove();
  for (const head of document.querySelectorAll("th[aria-label]:empty")) {
    head.append(Object.assign(document.createElement("span"), { className: "w-sr-only", textContent: head.ariaLabel }));
  }
  const title = document.querySelector(".w-breadcrumbs ol > li:last-child")?.textContent.trim();
  if (title && !document.querySelector("h1")) {
    document.querySelector("main")?.prepend(
      Object.assign(document.createElement("h1"), { className: "w-sr-only", textContent: title })
    );
  }
};
// Blocks with equal names are numbered in the order of the page, because a name that occurs twice identifies neither.
const numbers = new WeakMap();
let lastNumber = 0;
const numberEqualBlocks = () => {
  const seen = new Map();
  for (const block of document.querySelectorAll("section.w-panel--nested[aria-labelledby]")) {
    const [heading] = block.getAttribute("aria-labelledby").split(" ");
    const words = document.getElementById(heading)?.textContent.replace(/\s+/g, " ").trim() ?? "";
    const place = (seen.get(words) ?? 0) + 1;
    seen.set(words, place);
    if (place > 1 && !numbers.has(block)) {
      const number = Object.assign(document.createElement("span"), { id: `block-number-${(lastNumber += 1)}`, hidden: true });
      block.append(number);
      numbers.set(block, number);
    }
    const number = numbers.get(block);
    const label = place > 1 ? `${heading} ${number.id}` : heading;
    if (place > 1 && number.textContent !== String(place)) number.textContent = place;
    if (block.getAttribute("aria-labelledby") !== label) block.setAttribute("aria-labelledby", label);
  }
};
// These are in parts that scripts add: forms and dialogs.
let isDue = false;
const mendAdded = () => {
  // Blocks are not landmarks: a page has many. axe nevertheless compares their names.
  give("section.w-panel--nested:not([role])", "role", "group");
  give(".taglist > h3:not([aria-level])", "aria-level", "2");
  if (!isDue) {
    requestAnimationFrame(() => {
      isDue = false;
      numberEqualBlocks();
    });
  }
  isDue = true;
};
new MutationObserver(mendAdded).observe(document.body, { childList: true, subtree: true });
// The list of headings scrolls. It is filled after the page has loaded.
const minimap = document.querySelector("[data-minimap-container]");
if (minimap) new MutationObserver(() => give(".w-minimap__list", "tabindex", "0")).observe(minimap, { childList: true, subtree: true });
addEventListener("load", () => setTimeout(mend));
document.addEventListener("focusin", mend);
// Scripts replace the list of other editors, and lists that are searched.
document.addEventListener("w-swap:success", () => setTimeout(mend));
