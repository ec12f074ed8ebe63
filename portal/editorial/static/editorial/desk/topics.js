// The topics field: autocompletes input, and adds a row of Wagtail's panel for each choice (ARIA's combobox).
"use strict";

const WAIT = 120;
// The detail of an event caused by a row change and not by typing.
const ROW = "row";
const BY_SCRIPT = { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" };

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

function start(field) {
  const { topics: relation, topicsUrl: url, page, ...words } = field.dataset;
  const input = field.querySelector(".topics__input");
  const list = field.querySelector(".topics__found");
  const news = field.querySelector("[data-topics-news]");
  const chips = field.querySelector(".topics__chips");
  let options = [];
  let active = -1;
  let latest = 0;
  let timer = 0;

  const panel = () => window.wagtail.editHandler.getPanelByName(relation);
  const rows = () => [...chips.children].filter((row) => !row.matches(".deleted"));
  const chosen = () => new Set(rows().map((row) => row.querySelector("input[name$=-topic]")?.value).filter(Boolean));
  const titleOf = (row) => row.querySelector("[data-chooser-title]")?.textContent.trim() ?? "";

  // This is for screen readers; other users see the change.
  function say(text) {
    news.textContent = text;
    news.classList.add("w-sr-only");
  }

  function show(text) {
    news.textContent = text;
    news.classList.remove("w-sr-only");
  }

  function close() {
    clearTimeout(timer);
    latest += 1;
    list.hidden = true;
    options = [];
    mark(-1);
    input.setAttribute("aria-expanded", "false");
  }

  function mark(number) {
    active = number;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === number)));
    const option = list.children[number];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function offer(found, mayCreate, text) {
    options = found.filter(({ id }) => !chosen().has(id));
    if (mayCreate) options.push({ isNew: true, title: text });
    list.replaceChildren(...options.map(({ isNew, title }, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.role = "option";
      option.className = isNew ? "topics__option topics__option--new" : "topics__option";
      option.textContent = isNew ? fill(words.new, { name: title }) : title;
      // The input keeps the focus.
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => choose(number));
      return option;
    }));
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(options.length && text ? 0 : -1);
    if (options.length || !text) say(options.length ? fill(words.found, { number: options.length }) : "");
    else show(words.none);
  }

  async function ask() {
    const text = input.value.trim();
    const number = (latest += 1);
    const query = new URLSearchParams({ page, q: text });
    const response = await fetch(`${url}?${query}`, { headers: BY_SCRIPT }).catch(() => null);
    if (number !== latest) return;
    if (!response?.ok) {
      show(words.failed);
      return;
    }
    const { topics, may_create: mayCreate } = await response.json();
    if (number === latest) offer(topics, mayCreate, text);
  }

  async function created(name) {
    const body = new URLSearchParams({ page, q: name });
    const headers = { ...BY_SCRIPT, "X-CSRFToken": window.wagtailConfig.CSRF_TOKEN };
    const response = await fetch(url, { method: "POST", headers, body }).catch(() => null);
    const answer = await response?.json().catch(() => null);
    if (!answer?.topic) show(answer?.error ?? words.failed);
    return answer?.topic;
  }

  async function choose(number) {
    const option = options[number];
    if (!option) return;
    const topic = option.isNew ? await created(option.title) : option;
    if (!topic) return;
    input.value = "";
    close();
    if (!chosen().has(topic.id)) add(topic);
    say(fill(words.added, { name: topic.title }));
    focusAndNotify();
  }

  function add(topic) {
    const rowsPanel = panel();
    rowsPanel.addForm();
    const { formsetPrefix, chooserFieldName } = rowsPanel.opts;
    const prefix = `${formsetPrefix}-${rowsPanel.formCount - 1}-${chooserFieldName}`;
    rowsPanel.chooserWidgetFactory.getById(prefix).setStateFromModalData(topic);
  }

  // Wagtail does not notice changes in a page's first seconds; writing.js does, in the focused field.
  function focusAndNotify() {
    input.focus({ preventScroll: true });
    input.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: ROW }));
  }

  function removeLast() {
    const row = rows().at(-1);
    if (!row) return;
    say(fill(words.removed, { name: titleOf(row) }));
    row.querySelector(".topics__remove").click();
  }

  input.addEventListener("input", ({ detail }) => {
    if (detail === ROW) return;
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("click", () => { if (list.hidden) ask(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = options.length - 1;
    const moves = { ArrowDown: active < last ? active + 1 : 0, ArrowUp: active > 0 ? active - 1 : last };
    if (event.key in moves) {
      event.preventDefault();
      if (list.hidden) ask();
      else mark(moves[event.key]);
    } else if (event.key === "Enter") {
      // The key would submit the form.
      event.preventDefault();
      if (active >= 0) choose(active);
      else if (input.value.trim()) ask().then(() => choose(0));
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Backspace" && !input.value) {
      removeLast();
    }
  });
  chips.addEventListener("click", ({ target }) => {
    const row = target.closest(".topics__remove")?.closest("[data-inline-panel-child]");
    if (row) {
      say(fill(words.removed, { name: titleOf(row) }));
      focusAndNotify();
    }
  });
}

document.querySelectorAll("[data-topics]").forEach(start);
