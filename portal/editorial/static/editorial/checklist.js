// The checklist above the page editor: announces changes, and moves the focus to a finding's field or block, which is
// highlighted in the preview.

const box = document.querySelector("[data-checklist]");

function field(path) {
  const chain = path.split(".").map((step) => `[data-contentpath="${CSS.escape(step)}"]`).join(" ");
  const name = path.split(".")[0];
  return document.querySelector(chain)
    ?? document.getElementById(`id_${name}-FORMS`)?.closest("[data-panel]")
    ?? document.getElementById(`id_${name}`)?.closest("[data-field-wrapper], [data-field], [data-panel]")
    ?? null;
}

function unfold(element) {
  const tab = element.closest('[role="tabpanel"]');
  if (tab?.hidden) {
    document.querySelector(`[role="tab"][href="#${tab.id}"]`)?.click();
  }
  for (let panel = element.closest("[data-panel]"); panel; panel = panel.parentElement?.closest("[data-panel]")) {
    const toggle = panel.querySelector("[data-panel-toggle]");
    if (toggle?.getAttribute("aria-expanded") === "false") {
      toggle.click();
    }
  }
}

function focusField(event) {
  const link = event.target.closest("[data-checklist-field]");
  const target = link && field(link.dataset.checklistField);
  if (!target) {
    return;
  }
  event.preventDefault();
  lead(target);
}

function lead(target, behavior = "auto") {
  unfold(target);
  target.scrollIntoView({ block: "center", behavior });
  const inside = target.querySelector(".w-panel__content") ?? target;
  const controls = inside.querySelectorAll("input:not([type=hidden]), textarea, select, button, [contenteditable=true]");
  // A chooser has the buttons of both its states.
  [...controls].find((each) => each.checkVisibility())?.focus({ preventScroll: true });
}

// A URL with a field leads to the field, even in a folded panel; place.js does the same for rows. Wagtail folds its
// panels once the page has loaded.
window.addEventListener("load", () => {
  const wanted = /:w:contentpath=([\w.]+)/.exec(window.location.hash);
  const named = wanted && !document.getElementById(`id_${wanted[1]}-FORMS`) && field(wanted[1]);
  // The focus does not move if the user is already typing.
  if (named && !document.activeElement.matches("input, textarea, [contenteditable=true]")) lead(named, "instant");
});

// A field's element in the preview. A block follows a comment with its id.
const SHOWN = {
  title: "h1",
  standfirst: ".story__standfirst, h1",
  lead_image: ".story__lead, h1",
  lead_image_alt: ".story__lead",
  page_topics: ".topics, h1",
};
// CSS adds this text, so that word counts and checks do not include it.
const MARKED = `
  [data-checklist-mark] { outline: 3px solid #b45309 !important; outline-offset: 4px; }
  [data-checklist-mark]::before {
    content: attr(data-checklist-mark); display: block; padding: 0.25rem 0.5rem; white-space: pre-line;
    font: 600 0.8125rem/1.4 system-ui, sans-serif; color: #fff; background: #92400e;
  }`;

function shownAt(page, path) {
  const [name, id] = path.split(".");
  if (!id) return SHOWN[name] ? page.querySelector(SHOWN[name]) : null;
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_COMMENT | NodeFilter.SHOW_ELEMENT);
  let isThere = false;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const block = node.nodeType === Node.COMMENT_NODE && /^ block (\S+)/.exec(node.data)?.[1];
    // An empty block is followed by the next block's comment.
    if (isThere) return block ? null : node;
    isThere = block === id;
  }
  return null;
}

function mark(list) {
  const page = document.getElementById("w-preview-iframe")?.contentDocument;
  if (!page?.body) return;
  for (const marked of page.querySelectorAll("[data-checklist-mark]")) delete marked.dataset.checklistMark;
  for (const link of list.querySelectorAll("[data-checklist-field]")) {
    const place = shownAt(page, link.dataset.checklistField);
    if (place) place.dataset.checklistMark = [place.dataset.checklistMark, link.dataset.checklistMessage ?? link.textContent].filter(Boolean).join("\n");
  }
  if (page.adoptedStyleSheets.length) return;
  const sheet = new page.defaultView.CSSStyleSheet();
  sheet.replaceSync(MARKED);
  page.adoptedStyleSheets = [sheet];
}

// A finding about a link is also shown below its field or block, and the link has a wavy line in rich text.
const wavy = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, wavy];

function markPassages(list) {
  for (const note of document.querySelectorAll(".checklist__passage")) note.remove();
  const links = [...list.querySelectorAll("[data-checklist-address]")];
  for (const { dataset, textContent } of links) {
    const text = dataset.checklistMessage ?? textContent;
    const note = Object.assign(document.createElement("p"), { className: "checklist__passage", textContent: text });
    field(dataset.checklistField)?.append(note);
  }
  const texts = links.map(({ dataset }) => dataset.checklistAddress);
  const marked = texts.flatMap((text) => [`[href=${JSON.stringify(text)}]`, `[href^=${JSON.stringify(`${text}#`)}]`]);
  wavy.replaceSync(marked.length
    ? `[contenteditable=true] a:is(${marked}) { text-decoration: underline wavy var(--w-color-text-error); text-decoration-skip-ink: none; }`
    : "");
}

if (box) {
  const status = box.querySelector("[data-checklist-status]");
  const list = box.querySelector("[data-checklist-findings]");
  const form = box.closest("form") ?? document.querySelector("[data-save-state]")?.closest("form");

  const announce = () => {
    const { checklistSummary = "", checklistInPart = "" } = list.querySelector("[data-checklist-summary]")?.dataset ?? {};
    // Values that the autosave rejected are in no draft.
    const summary = (form?.hasAttribute("data-kept-in-part") && checklistInPart) || checklistSummary;
    // Screen readers would read unchanged text again after every save.
    if (status.textContent !== summary) {
      status.textContent = summary;
    }
  };

  const desk = document.querySelector("[data-desk-surface]");
  const drawer = desk?.querySelector("[data-drawer]");
  // With two columns, the drawer stays in view beside the text, and the checklist at its top.
  const place = () => {
    const isBeside = drawer && getComputedStyle(desk).gridTemplateColumns.includes(" ");
    const parent = isBeside ? drawer : desk;
    if (box.parentElement !== parent) parent.prepend(box);
  };
  if (desk) new ResizeObserver(place).observe(desk);
  if (desk) place();
  else box.closest("form")?.before(box);
  const toggle = box.querySelector("[data-checklist-toggle]");
  toggle?.addEventListener("click", () => {
    toggle.setAttribute("aria-expanded", String(toggle.getAttribute("aria-expanded") === "false"));
  });
  announce();
  if (form) new MutationObserver(announce).observe(form, { attributeFilter: ["data-kept-in-part"] });
  // Wagtail adds the blocks once the page has loaded.
  window.addEventListener("load", () => markPassages(list));
  new MutationObserver(() => { announce(); mark(list); markPassages(list); }).observe(list, { childList: true, subtree: true });
  document.addEventListener("w-preview:loaded", () => mark(list));
  // The listener is on the document, because messages have such links as well.
  document.addEventListener("click", focusField);
}

// Wagtail counts all words below the menu, such as other stories' titles. This limits the count to the text.
const COUNTED = "main:not(:has(.prose)), main .prose";
window.addEventListener("load", () => {
  for (const panel of document.querySelectorAll("[data-controller~=w-preview]")) {
    const preview = window.wagtail?.app?.getControllerForElementAndIdentifier(panel, "w-preview");
    if (preview) Object.defineProperty(preview, "contentExtractorOptions", { get: () => ({ targetElement: COUNTED }), set() {} });
  }
});
