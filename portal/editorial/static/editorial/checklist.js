// The checklist above the page editor: announces changes, and moves the focus to the field or block of a finding.

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
  unfold(target);
  target.scrollIntoView({ block: "center" });
  const inside = target.querySelector(".w-panel__content") ?? target;
  inside.querySelector("input:not([type=hidden]), textarea, select, button, [contenteditable=true]")?.focus({ preventScroll: true });
}

// An address that names a field leads to it, also where it is folded away.
// Wagtail folds its panels once the page is there.
window.addEventListener("load", () => {
  const wanted = /:w:contentpath=([\w.]+)/.exec(window.location.hash);
  const named = wanted && field(wanted[1]);
  if (named) {
    unfold(named);
    named.scrollIntoView({ block: "center" });
  }
});

if (box) {
  const status = box.querySelector("[data-checklist-status]");
  const list = box.querySelector("[data-checklist-findings]");

  const announce = () => {
    const summary = list.querySelector("[data-checklist-summary]")?.dataset.checklistSummary ?? "";
    // A screen reader would read an unchanged text again after every save.
    if (status.textContent !== summary) {
      status.textContent = summary;
    }
  };

  const form = box.closest("form");
  form?.before(box);
  announce();
  new MutationObserver(announce).observe(list, { childList: true, subtree: true });
  // On the document, since the message of a refusal has such links as well.
  document.addEventListener("click", focusField);
}
