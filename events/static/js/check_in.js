// The check-in list: filters by the beginning of a name, and saves each tick in the background. Until the server has
// saved them, ticks are stored on the device by registration key, without names.
const form = document.querySelector("[data-check-in]");
const REFRESH = 10_000;
const LONGEST_WAIT = 8_000;

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss").replaceAll("œ", "oe").trim();
const rows = () => [...form.querySelectorAll("tr[data-key]")];

// Unsaved ticks: a registration's key, and whether the person is here.
const store = `check-in ${form?.dataset.checkIn}`;
const waiting = new Map();
try {
    for (const [key, here] of JSON.parse(localStorage.getItem(store) ?? "[]")) waiting.set(key, here);
} catch {
    // Without local storage, ticks are only held in memory.
}
const keep = () => {
    try {
        if (waiting.size) localStorage.setItem(store, JSON.stringify([...waiting]));
        else localStorage.removeItem(store);
    } catch {
        // Without local storage, ticks are only in memory.
    }
};

let here = {};
let trouble = "";
let failures = 0;
let timer = 0;
let isAsking = false;

const show = () => {
    for (const row of rows()) {
        const { key } = row.dataset;
        const button = row.querySelector("button");
        const isHere = waiting.get(key) ?? key in here;
        button.setAttribute("aria-pressed", isHere);
        row.classList.toggle("waiting", waiting.has(key));
        const text = waiting.has(key) && trouble ? form.querySelector("table").dataset.waiting : (isHere && here[key]) || "";
        const since = row.querySelector("[data-since]");
        if (since.textContent !== text) since.textContent = text;
    }
    const line = form.querySelector("[data-trouble]");
    const number = waiting.size ? ` ${line.dataset.textWaiting} ${waiting.size}` : "";
    const text = trouble && line.dataset[`text${trouble}`] + number;
    if (line.textContent.trim() !== text) line.textContent = text;
    line.hidden = !trouble;
    form.querySelector("[data-sign-in]").hidden = trouble !== "SignedOut";
};

const isPressed = (row) => row.querySelector("button").getAttribute("aria-pressed") === "true";

const filter = () => {
    const wanted = fold(form.querySelector("[data-find] input").value);
    let found = 0;
    for (const row of rows()) {
        const name = fold(row.querySelector("label").textContent);
        row.hidden = !name.split(/[\s,-]+/).some((word) => word.startsWith(wanted)) && !name.includes(` ${wanted}`);
        found += !row.hidden;
    }
    form.querySelector("[data-nobody]").hidden = found > 0;
};

class Refused extends Error {}

const ask = async (body) => {
    const options = { headers: { Accept: "application/json" } };
    if (body) Object.assign(options, { method: "POST", body, headers: { ...options.headers, "X-CSRFToken": form.csrfmiddlewaretoken.value } });
    const response = await fetch(location.href, { ...options, signal: AbortSignal.timeout(LONGEST_WAIT) });
    if (response.redirected) throw new Refused("SignedOut");
    if (response.status === 403 && !body) throw new Refused("Refused");
    if (!response.ok) throw new Error(response.status);
    return response.json();
};

const take = async (state) => {
    form.csrfmiddlewaretoken.value = state.token;
    here = state.here;
    form.querySelector("[data-present]").textContent = state.present;
    if (state.people.join() === rows().map((row) => row.dataset.key).join()) return;
    // Somebody was added or has cancelled.
    const page = await (await fetch(location.href)).text();
    const people = new DOMParser().parseFromString(page, "text/html").querySelector("[data-people]");
    if (people) form.querySelector("[data-people]").replaceWith(people);
    filter();
};

// Sends unsaved ticks in order, one request at a time, then loads other people's ticks.
const synchronise = async () => {
    if (isAsking) return;
    isAsking = true;
    clearTimeout(timer);
    try {
        // The CSRF token may come from an earlier sign-in and be invalid.
        if (failures) await take(await ask());
        let gone = false;
        do {
            const [first] = waiting;
            const [key, isHere] = first ?? [];
            const state = await ask(first && new URLSearchParams({ [isHere ? "in" : "out"]: key }));
            // This is not done if the same name was ticked again meanwhile.
            if (first && waiting.get(key) === isHere) waiting.delete(key);
            if (first && !state.found) gone = true;
            await take(state);
            keep();
        } while (waiting.size);
        failures = 0;
        trouble = gone ? "Gone" : "";
    } catch (error) {
        failures += 1;
        trouble = error instanceof Refused ? error.message : "Lost";
    }
    isAsking = false;
    show();
    timer = setTimeout(synchronise, failures ? Math.min(1000 * 2 ** failures, LONGEST_WAIT) : REFRESH);
};

const tick = (row) => {
    waiting.set(row.dataset.key, !isPressed(row));
    keep();
    show();
    synchronise();
};

if (form) {
    for (const row of rows()) if (row.querySelector("button").name === "out") here[row.dataset.key] = row.querySelector("[data-since]").textContent;
    const find = form.querySelector("[data-find]");
    find.hidden = false;
    find.addEventListener("input", filter);
    find.addEventListener("focusin", (event) => event.target.select());
    find.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        // Otherwise the browser would press the form's first button.
        event.preventDefault();
        const [row, another] = rows().filter((each) => !each.hidden);
        if (row && !another && !isPressed(row)) tick(row);
    });
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        tick(event.submitter.closest("[data-key]"));
    });
    window.addEventListener("online", synchronise);
    document.addEventListener("visibilitychange", () => document.hidden || synchronise());
    filter();
    show();
    synchronise();
}
