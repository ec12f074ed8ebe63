// Blocks of a text: insert menus open in view, and a new block gets the focus, or opens its chooser if it consists of one.
// The focus stays on a block that is moved with its buttons or with Alt+Shift+Arrow.
"use strict";

const CHILD = "[data-streamfield-child]";
const MOVE = "[data-streamfield-action^=MOVE]";
const MOVES = { ArrowUp: "MOVE_UP", ArrowDown: "MOVE_DOWN" };
const SIGNS = { MOVE_UP: "↑", MOVE_DOWN: "↓" };
const words = JSON.parse(document.getElementById("block-words").textContent);
const FIELDS = "input:not([type=hidden], [type=file]), textarea, select, [contenteditable=true], button:not([data-comment-add])";
const MENU = ".w-combobox-container";
// Within this time after a choice, Wagtail adds a block and unfolds it.
const UNFOLDING = 1000;

const buttonOf = (block, action) => block.querySelector(`:scope > .w-panel > .w-panel__header [data-streamfield-action=${action}]`);

function show(block) {
  const isHigher = block.offsetHeight > innerHeight * 0.6;
  block.scrollIntoView({ block: isHigher ? "start" : "nearest", behavior: "instant" });
}

const coarse = matchMedia("(pointer: coarse)");
let chosenAt = -Infinity;
let inserted = null;

function reveal(block) {
  inserted = block;
  const size = new ResizeObserver(() => show(block));
  size.observe(block);
  const stop = () => size.disconnect();
  setTimeout(stop, UNFOLDING);
  for (const name of ["wheel", "touchmove"]) addEventListener(name, stop, { once: true, passive: true });
  // A chooser has no field that Wagtail could focus.
  setTimeout(() => {
    if (inserted !== block || block.contains(document.activeElement)) return;
    const fields = [...block.querySelectorAll(`:scope > .w-panel > .w-panel__content :is(${FIELDS})`)];
    const [field, ...others] = fields.filter((each) => each.checkVisibility());
    field?.focus({ preventScroll: true });
    if (field?.matches("[data-chooser-action-choose]") && !others.length) field.click();
  }, UNFOLDING / 4);
}

function showMenu(menu) {
  const size = new ResizeObserver(() => {
    if (menu.isConnected) menu.scrollIntoView({ block: "nearest", behavior: "instant" });
    else size.disconnect();
  });
  // Its position is only known a short time after it was added.
  requestAnimationFrame(() => requestAnimationFrame(() => size.observe(menu)));
  if (!coarse.matches) menu.querySelector("input:enabled")?.focus({ preventScroll: true });
}

const isAdded = (node) => node.matches(CHILD) && !inserted?.contains(node);

function keepFocus(block, focused, action, range) {
  const other = action === "MOVE_UP" ? "MOVE_DOWN" : "MOVE_UP";
  const target = focused.disabled ? buttonOf(block, other) : focused;
  if (block.contains(target)) target.focus({ preventScroll: true });
  // The caret of a text. The caret of other fields does not change.
  if (target.isContentEditable && range.anchorNode) getSelection().setBaseAndExtent(...Object.values(range));
  show(block);
  const blocks = [...block.parentElement.children].filter((each) => each.matches(CHILD) && each.ariaHidden !== "true");
  status.textContent = words.moved.replace("{place}", blocks.indexOf(block) + 1).replace("{number}", blocks.length);
}

const status = document.createElement("p");
status.className = "w-sr-only";
status.role = "status";

function nameKeys({ target }) {
  const button = target.closest?.(MOVE);
  if (!button || button.ariaKeyShortcuts) return;
  const sign = SIGNS[button.dataset.streamfieldAction];
  button.setAttribute("aria-keyshortcuts", `Alt+Shift+Arrow${sign === "↑" ? "Up" : "Down"}`);
  button.title += ` (Alt+Shift+${sign})`;
}

function start(form) {
  form.append(status);
  document.addEventListener("click", ({ target }) => {
    if (target.closest?.(".w-combobox__option, .c-sf-add-button, [data-streamfield-action=DUPLICATE]")) chosenAt = performance.now();
  }, true);
  document.addEventListener("keydown", ({ key }) => {
    form.setAttribute("data-is-typing", "");
    if (key === "Enter" && document.querySelector(MENU)) chosenAt = performance.now();
    if (key === "Escape" && document.activeElement.closest(MENU)) form.querySelector(".c-sf-add-button[aria-expanded=true]")?.focus();
  }, true);
  document.addEventListener("pointermove", ({ movementX, movementY }) => {
    if (movementX || movementY) form.removeAttribute("data-is-typing");
  });
  new MutationObserver((changes) => {
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node.nodeType === Node.ELEMENT_NODE);
    for (const node of added) {
      const menu = node.matches(MENU) ? node : node.querySelector(MENU);
      if (menu) showMenu(menu);
    }
    if (performance.now() - chosenAt >= UNFOLDING) return;
    // A new block may bring the first items of its own lists.
    const blocks = added.filter(isAdded);
    blocks.filter((block) => !blocks.some((other) => other !== block && other.contains(block))).forEach(reveal);
  }).observe(form, { childList: true, subtree: true });

  for (const kind of ["focusin", "pointerover"]) form.addEventListener(kind, nameKeys);
  form.addEventListener("click", ({ target }) => {
    const button = target.closest(MOVE);
    const focused = document.activeElement;
    const { anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
    const range = { anchorNode, anchorOffset, focusNode, focusOffset };
    if (button) setTimeout(keepFocus, 0, button.closest(CHILD), focused, button.dataset.streamfieldAction, range);
  }, true);
  form.addEventListener("keydown", (event) => {
    const action = event.altKey && event.shiftKey && MOVES[event.key];
    const block = action && event.target.closest(CHILD);
    if (!block) return;
    event.preventDefault();
    event.stopPropagation();
    buttonOf(block, action).click();
  }, true);
}

document.querySelectorAll("form[data-edit-form]").forEach(start);
