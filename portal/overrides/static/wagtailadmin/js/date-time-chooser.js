// The newsroom's fields for dates and hours. They replace Wagtail's picker, which overwrites invalid input with the
// current time. People type dates in figures or with the name of the month; the line below shows the parsed value.
// Invalid input stays unchanged, and the server refuses it (portal/formats/typed.py). The button opens the browser's
// own picker.
"use strict";

(() => {
  // “en” alone would mean American dates, with the month before the day.
  const language = document.documentElement.lang.replace(/^(en)?$/, "en-GB");
  const separator = language.startsWith("de") ? "." : "/";
  const native = { date: "date", time: "time", datetime: "datetime-local" };

  let known;
  const words = () => (known ??= JSON.parse(document.getElementById("date-field-words")?.textContent ?? "{}"));

  // portal/formats/reading.py does the same; tests/platform/typed_dates.json tests both. A limit, since `splitSpan`
  // parses a text again for each dash.
  const LONGEST = 100;
  const plain = (text) =>
    text.length > LONGEST ? "" :
    text.replaceAll("’", "'").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().split(/\s+/).filter(Boolean).join(" ");
  // People may write for a French site while their newsroom is in German.
  const named = (style, number, first) => ["fr", "de", "en"].flatMap((code) =>
    Array.from({ length: number }, (_, index) => {
      const name = new Intl.DateTimeFormat(code, { ...style, timeZone: "UTC" }).format(first(index));
      return { name: plain(name), index };
    })
  );
  const months = named({ month: "long" }, 12, (month) => Date.UTC(2024, month, 15));
  // The first of January 2024 was a Monday.
  const weekdays = named({ weekday: "long" }, 7, (day) => Date.UTC(2024, 0, 1 + day));
  const thoseNamed = (names, word) =>
    new Set(names.filter(({ name }) => word && name.startsWith(word)).map(({ index }) => index));
  // “déc.” and “dec” are December; “jui” might be June or July.
  const monthNamed = (word) => {
    const found = thoseNamed(months, word);
    return found.size === 1 ? [...found][0] + 1 : 0;
  };
  const NEAR_DAYS = {
    "aujourd'hui": 0, heute: 0, today: 0, demain: 1, morgen: 1, tomorrow: 1, "apres-demain": 2, "apres demain": 2,
    ubermorgen: 2, uebermorgen: 2, "the day after tomorrow": 2,
  };
  const NOON = new Set(["midi", "mittag", "mittags", "noon"]);

  const AT = String.raw`(?:(?:a|at|um|vers|gegen|de|von|from)\s+)?`;
  const ARTICLE = /^(?:le|am|den|dem|on|the|ce|diesen|this)\s+/;
  // “vendredi prochain”, “nächsten Freitag”.
  const COMING =
    /^(?:(?:n[ae]+chste[nrsm]?|kommende[nrsm]?|next|coming)\s+([a-z]{3,})\.?|([a-z]{3,})\.?\s+prochain)(?=$|[\s,])/;
  // “ce vendredi”, which may be today.
  const THIS = /^(?:ce|diesen|this)\s+([a-z]{3,})\.?(?=$|[\s,])/;
  const WEEKDAY = /^([a-z]{2,})\.?,?\s+/;
  const ISO = /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})(?!\d)/;
  // “1.12. 18 Uhr” has no year, “1. 12. 2018” has one.
  const FIGURES = /^(?<day>\d{1,2})\s*(?<mark>[/.])\s*(?<month>\d{1,2})\s*\k<mark>(?<year>\s*\d{4}|\d{2})(?!\d)/;
  // “01-12-26” might begin with a year.
  const DASHES = /^(?<day>\d{1,2})-(?<month>\d{1,2})-(?<year>\d{4})(?!\d)/;
  const SHORT = /^(?<day>\d{1,2})[/.](?<month>\d{1,2})\.?(?=$|[\s,])/;
  // “18 dec 26” has a year of two figures. A number that may be an hour is one, as in “18 dec 14” and “18 dec 14 à
  // 17h”.
  const YEAR = String.raw`(?:\s+(?<year>\d{4}(?!\d)|(?:2[4-9]|[3-9]\d)(?=$|[\s,])))?(?=$|[\s,])`;
  const NAMED = new RegExp(
    String.raw`^(?<day>\d{1,2})(?:er|st|nd|rd|th|\.)?\s*(?:of\s+)?(?<name>[a-z]{3,})\.?,?${YEAR}`
  );
  const NAME_FIRST = new RegExp(String.raw`^(?<name>[a-z]{3,})\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?,?${YEAR}`);
  const HOUR_FOLLOWS = new RegExp(String.raw`^(?:t|[\s,]+${AT})`);
  // “mardi 9” may be the day of a month.
  const HOUR_FOLLOWS_WEEKDAY = new RegExp(
    String.raw`^${AT}(?:\d{1,2}\s*(?:[:h]|uhr|heures?|hrs?|[ap]\.?m\.?)|(?:midi|mittags?|noon)$)`
  );
  const HOUR =
    /^(?<hour>\d{1,2})(?:\s*(?<mark>[:.h])\s*(?<minute>\d{2})(?::\d{2})?)?\s*(?<unit>h|uhr|heures?|hrs?|[ap]\.?m\.?)?(?:\s*(?<rest>\d{2}))?$/;
  const UNTIL = /\s*[-–—]\s*|\s+(?:a|au|jusqu'a|bis|to|until|till)\s+/g;
  const HOUR_WITHOUT_HALF = /(?<![\d.:/])(\d{1,2})(?::\d{2})?$/;
  // “2027-12-18T14:00:00-05:00”: ISO 8601 with an offset.
  const OFFSET =
    /^\d{4}-\d{2}-\d{2}(?:t\d{2}:?\d{2}(?::?\d{2})?|\s\d{2}:\d{2}:\d{2})-(?:0\d|1[0-4])(?::?\d{2})?$/;
  const HOUR_ALONE = /^(0?[1-9]|1[0-2])(?:[:.](\d{2}))?$/;
  const HALF_OF_THE_DAY = /(\d{1,2})(?:[:.](\d{2}))?\s*([ap])\.?m\.?$/;

  const utc = (parts) => new Date(Date.UTC(parts.year, parts.month - 1, parts.day));
  const partsOf = (date) => ({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() });
  const daysOf = (year, month) => new Date(Date.UTC(year, month, 0)).getUTCDate();
  const iso = (parts) => utc(parts).toISOString().slice(0, 10);
  // The day that counts as today while input is parsed, if it is not the current day.
  let pretended = null;
  const today = () => {
    if (pretended) return pretended;
    const now = new Date();
    return { year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() };
  };

  // A valid day, or `problem` with the reason.
  const dayOf = (typed, month, day) => {
    if (typed === null) {
      // A date without a year is the next such day; the next 29th of February may be eight years away.
      const from = today();
      for (let year = from.year; year < from.year + 9; year += 1) {
        if (day <= daysOf(year, month) && iso({ year, month, day }) >= iso(from)) return { year, month, day };
      }
      return { problem: { month, days: month === 2 ? 29 : daysOf(2024, month) } };
    }
    const year = Number(typed);
    if (year < 100) return null;
    return day > daysOf(year, month) ? { problem: { year, month, days: daysOf(year, month) } } : { year, month, day };
  };
  const dated = (text) => {
    for (const pattern of [ISO, FIGURES, DASHES, SHORT, NAMED, NAME_FIRST]) {
      const found = pattern.exec(text);
      if (!found) continue;
      const parts = found.groups;
      const month = parts.month ? Number(parts.month) : monthNamed(parts.name);
      const typed = parts.year?.trim() ?? null;
      const day = Number(parts.day);
      if (month < 1 || month > 12 || !day) continue;
      const read = dayOf(typed?.length === 2 ? `20${typed}` : typed, month, day);
      return read && { ...read, following: text.slice(found[0].length) };
    }
    return null;
  };
  // The next such weekday, counted from tomorrow or from today.
  const nextWeekday = (index, earliest = 1) => {
    const from = today();
    const weekday = (utc(from).getUTCDay() + 6) % 7;
    return partsOf(utc({ ...from, day: from.day + earliest + ((index - weekday - earliest + 7) % 7) }));
  };
  // A weekday with an hour and nothing else is the next such day after today; “mar 9” is in March.
  const comingWeekday = (text, word) => {
    const meant = weekdays.find(({ name }) => name === word?.[1]);
    const following = meant ? text.slice(word[0].length) : "";
    if (!HOUR_FOLLOWS_WEEKDAY.test(following)) return null;
    return { ...nextWeekday(meant.index), following: ` ${following}` };
  };
  const readDay = (text) => {
    for (const [words, days] of Object.entries(NEAR_DAYS)) {
      if (text === words || text.startsWith(`${words} `) || text.startsWith(`${words},`)) {
        const from = today();
        return { ...partsOf(utc({ ...from, day: from.day + days })), following: text.slice(words.length) };
      }
    }
    const said = THIS.exec(text);
    const ofThisWeek = thoseNamed(weekdays, said?.[1]);
    if (ofThisWeek.size === 1) {
      const following = text.slice(said[0].length);
      const hasHour = HOUR_FOLLOWS_WEEKDAY.test(following.replace(/^[\s,]+/, ""));
      if (!following || hasHour) return { ...nextWeekday([...ofThisWeek][0], 0), following };
    }
    text = text.replace(ARTICLE, "");
    const coming = COMING.exec(text);
    const named = thoseNamed(weekdays, coming?.[1] ?? coming?.[2]);
    if (named.size === 1) return { ...nextWeekday([...named][0]), following: text.slice(coming[0].length) };
    const word = WEEKDAY.exec(text);
    const meant = word ? thoseNamed(weekdays, word[1]) : new Set();
    if (meant.size) {
      // “mar” is Tuesday in “mar 1/12” and March in “Mar 1 2026”.
      const found = dated(text.slice(word[0].length).replace(ARTICLE, ""));
      if (found && !found.problem && !meant.has((utc(found).getUTCDay() + 6) % 7)) return { problem: { wrong: found } };
      if (found) return found;
    }
    return comingWeekday(text, word) ?? dated(text);
  };

  const readHour = (text) => {
    if (NOON.has(text)) return { hour: 12, minute: 0 };
    const found = HOUR.exec(text)?.groups;
    if (!found) return null;
    const unit = (found.unit ?? "").replaceAll(".", "");
    const isSaidTwice = found.mark === "h" && unit.startsWith("h");
    if (isSaidTwice || (found.rest && (found.minute || !/^(?:h|uhr)/.test(unit)))) return null;
    let hour = Number(found.hour);
    if (unit === "am" || unit === "pm") {
      if (hour < 1 || hour > 12) return null;
      hour = (hour % 12) + (unit === "pm" ? 12 : 0);
    }
    const minute = Number(found.minute ?? found.rest ?? 0);
    return hour < 24 && minute < 60 ? { hour, minute } : null;
  };

  // The parsed input, or { problem } with the reason; null for unknown input.
  const readOrWhy = (typed, kind) => {
    const text = plain(typed);
    if (kind === "time") return readHour(text);
    const day = readDay(text);
    if (!day || day.problem) return day;
    const { following, ...parts } = day;
    if (kind === "date" || !following) {
      return following ? null : { ...parts, ...(kind === "date" ? {} : { hour: 0, minute: 0, isDayAlone: true }) };
    }
    const between = HOUR_FOLLOWS.exec(following);
    const hour = between && readHour(following.slice(between[0].length));
    return hour && { ...parts, ...hour };
  };
  const read = (text, kind) => {
    const found = readOrWhy(text, kind);
    return found?.problem ? null : found;
  };

  const PAST_DAYS = {
    hier: -1, gestern: -1, yesterday: -1,
    "avant-hier": -2, "avant hier": -2, vorgestern: -2, "the day before yesterday": -2,
  };
  // A date without a year is the last such day, as in `read_past_day` (portal/formats/reading.py).
  const readPast = (text) => {
    const isPast = (parts) => Boolean(parts && !parts.problem && iso(parts) <= iso(today()));
    const days = PAST_DAYS[plain(text)];
    if (days) return partsOf(utc({ ...today(), day: today().day + days }));
    const found = readOrWhy(text, "date");
    if (isPast(found) || (found?.problem && !found.problem.wrong)) return found;
    const from = today();
    pretended = partsOf(utc({ ...from, day: from.day - 364 }));
    const earlier = readOrWhy(text, "date");
    pretended = null;
    const isSame = found?.problem || (found?.month === earlier?.month && found?.day === earlier?.day);
    return isSame && isPast(earlier) ? earlier : found;
  };

  // A date without a year is the day closest to the other date, as in `read_day_near`.
  const readNear = (text, other) => {
    const found = readOrWhy(text, "date");
    pretended = partsOf(utc({ ...other, day: other.day - 182 }));
    const closest = readOrWhy(text, "date");
    pretended = null;
    if (!closest || closest.problem) return found;
    const isSame = found?.problem || (found?.month === closest.month && found?.day === closest.day);
    return isSame ? closest : found;
  };

  // The minutes since midnight or noon.
  const minutesInHalf = ([, hour, minute]) => (hour % 12) * 60 + Number(minute ?? 0);
  // The start and the end of “18 décembre 14h-17h”, typed into one field.
  const splitSpan = (typed) => {
    const text = plain(typed);
    if (OFFSET.test(text)) return null;
    const hasHour = (words) => {
      const found = read(words, "datetime");
      return Boolean(found && !found.isDayAlone);
    };
    for (const between of [...text.matchAll(UNTIL)].reverse()) {
      let start = text.slice(0, between.index);
      let end = text.slice(between.index + between[0].length);
      const [first, last] = [HOUR_WITHOUT_HALF.exec(start), HALF_OF_THE_DAY.exec(end)];
      // “2-5 pm” begins in the afternoon, “11-1 pm” does not.
      if (first && last && first[1] % 12 <= last[1] % 12) start += `${last[3]}m`;
      const [begins, ends] = [HALF_OF_THE_DAY.exec(start), HOUR_ALONE.exec(end)];
      // The first such hour after the start: “2pm-5” ends in the afternoon, “9am-1” does, too.
      if (begins && ends) end += minutesInHalf(ends) > minutesInHalf(begins) ? `${begins[3]}m` : begins[3] === "a" ? "pm" : "am";
      if (hasHour(start) && (readHour(end) || hasHour(end))) return { start, end };
    }
    return null;
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
  // French has an ordinal for the first of a month, which browsers do not format.
  const inWords = (parts, style) => {
    const moment = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour ?? 0, parts.minute ?? 0);
    const words = new Intl.DateTimeFormat(language, { ...style, timeZone: "UTC" }).format(moment);
    return language.startsWith("fr") ? words.replace(/(^|\s)1(?=\s\p{L})/u, "$11er") : words;
  };
  const say = (parts, kind) => {
    if (kind === "time") return "";
    return inWords(parts, kind === "date" ? { dateStyle: "full" } : { dateStyle: "full", timeStyle: "short", hourCycle: "h23" });
  };
  const sayWhy = ({ wrong, year, month, days }) => {
    if (wrong) {
      const facts = { date: inWords(wrong, { dateStyle: "long" }), weekday: inWords(wrong, { weekday: "long" }) };
      return (words().wrongWeekday ?? "").replace(/\{(date|weekday)\}/g, (_, name) => facts[name]);
    }
    // February depends on the year.
    const style = month === 2 && year ? { month: "long", year: "numeric" } : { month: "long" };
    const name = inWords({ year: year ?? 2024, month, day: 15 }, style);
    return (words().noSuchDay ?? "")
      .replace("{month}", name.charAt(0).toUpperCase() + name.slice(1))
      .replace("{days}", days);
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
    // `data-not-before`, `data-end` and `data-whole-days` are ids of other fields: the earliest permitted value, the
    // end of a span, and the box for dates without hours. `data-near` is the name of another date field in the same
    // row. With `data-not-past`, a changed date must be in the future.
    const end = () => document.getElementById(input.dataset.end);
    const first = () => document.getElementById(input.dataset.notBefore);
    const near = () => input.dataset.near && document.getElementById(input.id.replace(/[^-]+$/, input.dataset.near));
    // An hour without a date is the next such hour after the start, as in `next_at` (events/clock.py).
    const understand = (text) => {
      if (kind === "date" && "past" in input.dataset) return readPast(text);
      const other = kind === "date" && near() && read(near().value, kind);
      if (other) return readNear(text, other);
      const found = readOrWhy(text, kind);
      const hour = !found && kind === "datetime" && first() && readHour(plain(text));
      const start = hour && read(first().value, kind);
      if (!start) return found;
      const end = { ...start, ...hour, isDayAlone: false };
      if (writeIso(end, kind) >= writeIso(start, kind)) return end;
      return { ...end, ...partsOf(utc({ ...start, day: start.day + 1 })) };
    };
    const readHere = (text) => {
      const found = understand(text);
      return found?.problem ? null : found;
    };
    // If hours are optional, a date without an hour does not mean midnight.
    const needsHour = (parts) => Boolean(parts?.isDayAlone && input.dataset.wholeDays);
    const shown = (text) => {
      const parts = readHere(text);
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

    const isWholeDays = () => Boolean(document.getElementById(input.dataset.wholeDays)?.checked);
    const isEarly = (parts) => {
      const earliest = first() && read(first().value, kind);
      const compared = isWholeDays() ? "date" : kind;
      return Boolean(earliest) && writeIso(parts, compared) < writeIso(earliest, compared);
    };
    const isOver = (parts) => {
      if (!parts || !("notPast" in input.dataset) || input.value === input.defaultValue) return false;
      const now = new Date();
      return writeIso(parts, kind) < writeIso({ ...today(), hour: now.getHours(), minute: now.getMinutes() }, kind);
    };
    // The server's error. The line below does not repeat it. The next input removes it.
    const refusals = () => field.closest("[data-field]")?.querySelectorAll("[data-field-errors] .error-message") ?? [];
    const forgetRefusals = () => {
      for (const each of refusals()) each.remove();
      field.closest("[data-field]")?.classList.remove("w-field--error");
    };
    const explain = (isComplete) => {
      const parts = readHere(input.value);
      const problem = understand(input.value)?.problem;
      const isUnknown = isComplete && input.value.trim() !== "" && !parts;
      const lacksHour = Boolean(isComplete && needsHour(parts) && !isWholeDays());
      const isPast = isOver(parts);
      const isWrong = isUnknown || lacksHour || isPast || Boolean(isComplete && parts && isEarly(parts));
      const example = write({ year: 2027, month: 12, day: 1, hour: 18, minute: 0 }, kind);
      const span = isUnknown && end() && splitSpan(input.value);
      const unknown = problem ? sayWhy(problem) : span ? (words().span ?? "").replace("{end}", span.end) : (words().unknown ?? "").replace("{example}", example);
      const complaint = isUnknown ? unknown : (lacksHour ? words().hour : isPast ? words().past : words().early) ?? "";
      line.textContent = isWrong ? (refusals().length ? "" : complaint) : parts ? say(parts, needsHour(parts) ? "date" : kind) : "";
      field.classList.toggle("date-field--wrong", isWrong);
      mark(input, isWrong);
    };
    input.addEventListener("input", () => {
      forgetRefusals();
      explain(false);
    });
    // The start and the end of a typed span. A correction of the start's day also moves the end.
    let spanned = null;
    const moveEnd = () => {
      const [start, last] = [readHere(input.value), end() && read(end().value, kind)];
      if (!spanned || !start || !last || end().value !== spanned.end) return;
      const days = (utc(start) - utc(spanned.start)) / 86_400_000;
      end().value = write({ ...last, ...partsOf(utc({ ...last, day: last.day + days })) }, kind);
      spanned = { start, end: end().value };
      end().dispatchEvent(new Event("change", { bubbles: true }));
    };
    input.addEventListener("change", () => {
      const span = !readHere(input.value) && end()?.value.trim() === "" && splitSpan(input.value);
      if (span) {
        input.value = shown(span.start);
        end().value = span.end;
        end().dispatchEvent(new Event("change", { bubbles: true }));
        spanned = { start: readHere(input.value), end: end().value };
      } else {
        moveEnd();
      }
      input.value = shown(input.value);
      explain(true);
    });
    button.addEventListener("click", () => {
      const parts = readHere(input.value);
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

  // The functions that Wagtail's templates and blocks call.
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
