// A picture list (in a gallery or a recap) as a grid: one credit for all, bulk removal, moving by keyboard.
(() => {
  "use strict";

  const GRID = "photo-grid";
  // The whole picture is the drag handle. On touch screens it must be held, because fingers scroll.
  const HANDLE = '[data-streamfield-action="DRAG"], .chooser__image';
  const HOLD = 250;
  const MOVES = { MOVE_UP: "earlier", MOVE_DOWN: "later" };

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  function make(name, properties = {}, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  const creditOf = (child) => child.element.querySelector("[data-contentpath=credit] input");
  // The credit of the picture itself, such as the one in its file. Readers see it if the row has no credit.
  const ownCredit = (child) => child.getState().value.image?.credit ?? "";
  const selectOf = (child) => child.element.querySelector(`.${GRID}__select`);

  function write(input, text) {
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  let notes = 0;

  // `list` is Wagtail's block with the rows. Returns a function that gives the credit of a new picture.
  window.portalPhotoGrid = (list, words) => {
    const [container] = list.container;
    const [rows] = list.sequenceContainer;
    const credit = make("input", { type: "text", maxLength: 160, className: `${GRID}__credit` });
    const all = make("input", { type: "checkbox" });
    const remove = make("button", { type: "button", className: "button button-small button-secondary" });
    const undo = make("button", { type: "button", className: "button button-small button-secondary", textContent: words.undo, hidden: true });
    const status = make("p", { className: `${GRID}__status` });
    status.setAttribute("role", "status");
    const note = make("p", { className: `${GRID}__note`, id: `${GRID}-note-${++notes}`, textContent: words.named, hidden: true });
    credit.setAttribute("aria-describedby", note.id);
    const bar = make("div", { className: `${GRID}__bar` },
      make("label", {}, make("span", { textContent: words.credit }), credit),
      make("label", { className: `${GRID}__all` }, all, make("span", { textContent: words.selectAll })),
      remove, note, status, undo);
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", words.together);
    rows.before(bar);
    container.classList.add(GRID);
    list.sortable.option("handle", HANDLE);
    list.sortable.option("delay", HOLD);
    list.sortable.option("delayOnTouchOnly", true);

    const selected = () => list.children.filter((child) => selectOf(child)?.checked);
    let removed = [];

    // A photo that has a credit is not changed, whether the credit was typed here or belongs to the picture.
    const keepsItsOwn = (child) => !creditOf(child).value && Boolean(ownCredit(child));
    let shared = "";
    const credits = new Set(list.children.filter((child) => !keepsItsOwn(child)).map((child) => creditOf(child).value));
    if (credits.size === 1) [shared] = credits;
    credit.value = shared;
    credit.addEventListener("input", () => {
      for (const child of list.children) {
        if (creditOf(child).value === shared && !keepsItsOwn(child)) write(creditOf(child), credit.value);
      }
      shared = credit.value;
    });

    function arrange(child) {
      if (selectOf(child)) return;
      const select = make("input", { type: "checkbox", className: `${GRID}__select`, title: words.select });
      select.setAttribute("aria-label", words.select);
      child.element.querySelector("[data-panel-controls]").prepend(select);
      for (const [action, word] of Object.entries(MOVES)) {
        const button = child.element.querySelector(`[data-streamfield-action="${action}"]`);
        if (button) button.title = words[word];
      }
    }

    function show() {
      list.children.forEach(arrange);
      for (const child of list.children) creditOf(child).placeholder = ownCredit(child);
      note.hidden = !list.children.some(keepsItsOwn);
      const { length } = selected();
      remove.textContent = fill(words.remove, { number: length });
      remove.disabled = !length;
      all.checked = length > 0 && length === list.children.length;
      all.indeterminate = length > 0 && !all.checked;
      bar.hidden = !list.children.length && undo.hidden;
    }

    all.addEventListener("change", () => {
      for (const child of list.children) selectOf(child).checked = all.checked;
      show();
    });
    // A picture may be chosen, or a credit typed.
    rows.addEventListener("change", show);

    remove.addEventListener("click", () => {
      removed = selected().map((child) => ({ index: child.index, state: child.getState() }));
      for (const { index } of removed.toReversed()) list.deleteBlock(index);
      status.textContent = fill(words.removed, { number: removed.length });
      undo.hidden = false;
      show();
      undo.focus();
    });
    undo.addEventListener("click", () => {
      for (const { index, state } of removed) {
        const place = Math.min(index, list.children.length);
        // A list has one type of row; a stream has several.
        if (state.type) list.insert(state, place);
        else list.insert(state.value, place, { id: state.id });
      }
      status.textContent = "";
      undo.hidden = true;
      show();
      credit.focus();
    });

    // While it moves, the row leaves the page and its button loses the focus. Wagtail stops the click event.
    rows.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-streamfield-action]");
      const child = button?.dataset.streamfieldAction in MOVES && list.children.find(({ element }) => element.contains(button));
      if (child) setTimeout(() => {
        const drag = child.element.querySelector('[data-streamfield-action="DRAG"]');
        (button.disabled ? drag : button).focus();
        status.textContent = fill(words.place, { number: child.index + 1, all: list.children.length });
      });
    }, true);

    new MutationObserver(show).observe(rows, { childList: true });
    show();
    return (picture) => (picture.credit ? "" : shared);
  };
})();
