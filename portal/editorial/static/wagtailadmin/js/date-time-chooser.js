// The fields for dates and hours of the newsroom, in place of Wagtail's picker, which turns what it does not
// understand into this moment. A person types as they write, in figures or with the name of the month; the line below
// says what was understood; what was not understood stays as it is, for the server to refuse. The button opens the
// browser's own picker. The server takes what is left here by portal/formats/typed.py.
"use strict";

(() => {
  // “en” alone would be American: the month before the day.
  const language = document.documentElement.lang.replace(/^(en)?$/, "en-GB");
  const separator = language.startsWith("de") ? "." : "/";
  const native = { date: "date", time: "time", datetime: "datetime-local" };

  let known;
  const words = () => (known ??= JSON.parse(document.getElementById("date-field-words")?.textContent ?? "{}"));

  const plain = (word) => word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  // A French site is also written for by people whose newsroom speaks German.
  const months = ["fr", "de", "en"].flatMap((code) =>
    Array.from({ length: 12 }, (_, month) => {
      const name = new Intl.DateTimeFormat(code, { month: "long", timeZone: "UTC" }).format(Date.UTC(2024, month, 15));
      return { name: plain(name), number: month + 1 };
    })
  );
  // “déc.” and “dec” are December; “jui” might be June or July.
  const monthNamed = (word) => {
    const found = new Set(months.filter(({ name }) => word.length > 2 && name.startsWith(plain(word))).map(({ number }) => number));
    return found.size === 1 ? [...found][0] : 0;
  };

  const ISO_DAY = /^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)/;
  const FIGURES = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/;
  const NAMED = /^(\d{1,2})(?:er|\.)?\s+(\p{L}+)\.?\s+(\d{4})(?!\d)/u;
  const HOUR = /^(\d{1,2})(?:\s*[:.h]\s*(\d{2})(?::\d{2})?)?\s*(?:h|uhr)?$/i;

  const WEEKDAY = /^\p{L}{2,}\.?,?\s+(?=\d)/u;

  const readDay = (text) => {
    let found, year, month, day;
    text = text.replace(WEEKDAY, "");
    if ((found = ISO_DAY.exec(text))) [year, month, day] = [found[1], found[2], found[3]];
    else if ((found = FIGURES.exec(text))) [day, month, year] = [found[1], found[3], found[4]];
    else if ((found = NAMED.exec(text))) [day, month, year] = [found[1], monthNamed(found[2]), found[3]];
    else return null;
    if (year.length === 2) year = `20${year}`;
    const parts = { year: Number(year), month: Number(month), day: Number(day) };
    const date = new Date(Date.UTC(parts.year, parts.month - 1, parts.day));
    const exists = date.getUTCMonth() === parts.month - 1 && date.getUTCDate() === parts.day;
    return exists && parts.year > 99 ? { parts, rest: text.slice(found[0].length) } : null;
  };

  const readHour = (text) => {
    const found = HOUR.exec(text);
    const [hour, minute] = found ? [Number(found[1]), Number(found[2] ?? 0)] : [99, 0];
    return hour < 24 && minute < 60 ? { hour, minute } : null;
  };

  const read = (text, kind) => {
    text = text.trim();
    if (kind === "time") return readHour(text);
    const day = readDay(text);
    if (!day) return null;
    if (kind === "date") return day.rest ? null : day.parts;
    const rest = day.rest.replace(/^(?:T|[\s,]+(?:(?:à|a|at|um)\s+)?)/i, "");
    const hour = rest ? readHour(rest) : { hour: 0, minute: 0, isDayAlone: true };
    return hour && (rest || !day.rest) ? { ...day.parts, ...hour } : null;
  };

  const two = (number) => String(number).padStart(2, "0");
  const four = (number) => String(number).padStart(4, "0");
  const clock = (parts) => `${two(parts.hour)}:${two(parts.minute)}`;
  const write = (parts, kind) => {
    if (kind === "time") return clock(parts);
    const day = [two(parts.day), two(parts.month), four(parts.year)].join(separator);
    return kind === "date" ? day : `${day} ${clock(parts)}`;
  };
  const writeIso = (parts, kind) => {
    if (kind === "time") return clock(parts);
    const day = [four(parts.year), two(parts.month), two(parts.day)].join("-");
    return kind === "date" ? day : `${day}T${clock(parts)}`;
  };
  const say = (parts, kind) => {
    if (kind === "time") return "";
    const style = kind === "date" ? { dateStyle: "full" } : { dateStyle: "full", timeStyle: "short" };
    const moment = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour ?? 0, parts.minute ?? 0);
    return new Intl.DateTimeFormat(language, { ...style, timeZone: "UTC" }).format(moment);
  };

  const make = (name, attributes) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  const mark = (input, isInvalid) =>
    isInvalid ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid");

  function enhance(input, kind) {
    if (input.closest(".date-field")) return;
    // Where the hours can be left out, midnight is not meant by leaving them out.
    const needsHour = (parts) => Boolean(parts?.isDayAlone && input.dataset.wholeDays);
    const shown = (text) => {
      const parts = read(text, kind);
      return parts ? write(parts, needsHour(parts) ? "date" : kind) : text;
    };
    input.defaultValue = shown(input.defaultValue);
    input.value = shown(input.value);
    input.placeholder = words()[kind] ?? "";
    input.autocomplete = "off";

    const field = make("div", { class: "date-field" });
    const button = make("button", { type: "button", class: "date-field__open", "aria-label": words().open ?? "" });
    const icon = kind === "time" ? "time" : "calendar-alt";
    button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="#icon-${icon}"></use></svg>`;
    const picker = make("input", {
      type: native[kind], class: "date-field__picker", tabindex: "-1", "aria-hidden": "true",
    });
    const line = make("span", { class: "date-field__line", id: `${input.id}-read`, "aria-live": "polite" });
    input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim());
    input.replaceWith(field);
    field.append(input, button, picker, line);

    // A field names by `data-not-before` the one that it may not precede, and by `data-whole-days` the box that
    // leaves the hours out of it.
    const isWholeDays = () => Boolean(document.getElementById(input.dataset.wholeDays)?.checked);
    const first = () => document.getElementById(input.dataset.notBefore);
    const isEarly = (parts) => {
      const earliest = first() && read(first().value, kind);
      const compared = isWholeDays() ? "date" : kind;
      return Boolean(earliest) && writeIso(parts, compared) < writeIso(earliest, compared);
    };
    const explain = (isComplete) => {
      const parts = read(input.value, kind);
      const isUnknown = isComplete && input.value.trim() !== "" && !parts;
      const lacksHour = Boolean(isComplete && needsHour(parts) && !isWholeDays());
      const isWrong = isUnknown || lacksHour || Boolean(isComplete && parts && isEarly(parts));
      const example = write({ year: 2027, month: 12, day: 1, hour: 18, minute: 0 }, kind);
      const unknown = (words().unknown ?? "").replace("{example}", example);
      const complaint = isUnknown ? unknown : (lacksHour ? words().hour : words().early) ?? "";
      line.textContent = isWrong ? complaint : parts ? say(parts, needsHour(parts) ? "date" : kind) : "";
      field.classList.toggle("date-field--wrong", isWrong);
      mark(input, isWrong);
    };
    input.addEventListener("input", () => explain(false));
    input.addEventListener("change", () => {
      input.value = shown(input.value);
      explain(true);
    });
    button.addEventListener("click", () => {
      const parts = read(input.value, kind);
      picker.value = parts ? writeIso(parts, kind) : "";
      picker.showPicker();
    });
    picker.addEventListener("input", (event) => event.stopPropagation());
    picker.addEventListener("change", (event) => {
      event.stopPropagation();
      if (!picker.value) return;
      input.value = shown(picker.value);
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    for (const id of [input.dataset.notBefore, input.dataset.wholeDays]) {
      document.getElementById(id)?.addEventListener("change", () => explain(true));
    }
    explain(true);
  }

  // The names by which Wagtail's templates and blocks ask for a field.
  const byId = (kind) => (id) => enhance(document.getElementById(id), kind);
  window.initDateChooser = byId("date");
  window.initTimeChooser = byId("time");
  window.initDateTimeChooser = byId("datetime");

  const inBlock = (kind) =>
    class {
      render(placeholder, name, id, initial) {
        const input = make("input", { type: "text", name, id });
        placeholder.replaceWith(input);
        enhance(input, kind);
        const widget = {
          idForLabel: id,
          getValue: () => input.value,
          getState: () => input.value,
          setState(value) {
            input.value = value ?? "";
            input.dispatchEvent(new Event("change"));
          },
          setInvalid: (isInvalid) => mark(input, isInvalid),
          focus: (options) => options?.soft || input.focus(),
          getTextLabel: () => input.value,
        };
        widget.setState(initial);
        return widget;
      }
    };
  window.telepath?.register("wagtail.widgets.AdminDateInput", inBlock("date"));
  window.telepath?.register("wagtail.widgets.AdminTimeInput", inBlock("time"));
  window.telepath?.register("wagtail.widgets.AdminDateTimeInput", inBlock("datetime"));
})();
