// Offers the new entries of a live coverage without reloading the page. Nothing that is being read moves.
const INTERVAL = 15_000;
const LONGEST = 300_000;
// The page has become private, or is gone.
const ENDING = new Set([401, 403, 404, 410]);

const live = document.querySelector("[data-live]");
if (live) follow(live);

function follow(place) {
    const shown = place.querySelector("[data-live-entries]");
    const list = shown.querySelector("ol");
    const button = place.querySelector("[data-live-show]");
    let etag = "";
    let wait = INTERVAL;
    let timer;
    let isRunning = true;
    // The entries of the last response, while some of them are not shown yet.
    let held;

    async function poll() {
        clearTimeout(timer);
        try {
            const headers = etag ? { "If-None-Match": etag } : {};
            const response = await fetch(place.dataset.live, { headers, cache: "no-store" });
            if (ENDING.has(response.status)) return void (isRunning = false);
            if (response.status === 200) {
                const html = new DOMParser().parseFromString(await response.text(), "text/html");
                etag = response.headers.get("ETag") ?? "";
                take(html.querySelector("[data-live-entries]"));
            } else if (response.status !== 304) throw new Error(response.statusText);
            wait = INTERVAL;
        } catch {
            wait = Math.min(2 * wait, LONGEST);
        }
        schedule();
    }

    function schedule() {
        clearTimeout(timer);
        if (isRunning && !document.hidden) timer = setTimeout(poll, wait);
    }

    function take(fresh) {
        // Another page, such as a form for a password.
        if (!fresh) return void (isRunning = false);
        isRunning = "liveRunning" in fresh.dataset;
        held = [...fresh.querySelectorAll("ol > li")].map((item) => document.importNode(item, true));
        const byId = new Map(held.map((item) => [item.id, item]));
        for (const item of [...list.children]) {
            const newer = byId.get(item.id);
            if (newer && newer.dataset.version !== item.dataset.version) item.replaceChildren(...newer.cloneNode(true).childNodes);
            if (newer) item.dataset.version = newer.dataset.version;
            // On a full page, an older entry is only on the next page.
            else if (!("liveFull" in fresh.dataset)) item.remove();
        }
        const added = held.filter((item) => !document.getElementById(item.id));
        shown.querySelector("[data-live-state]").replaceChildren(...fresh.querySelector("[data-live-state]").childNodes);
        button.hidden = !added.length;
        button.textContent = button.dataset.words.replace("{number}", added.length);
    }

    button.addEventListener("click", () => {
        const isNew = (item) => !document.getElementById(item.id);
        const first = held.find(isNew);
        const older = [...list.children].filter((item) => !held.some(({ id }) => id === item.id));
        list.replaceChildren(...held.map((item) => document.getElementById(item.id) ?? item), ...older);
        button.hidden = true;
        first?.focus();
    });
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : isRunning && poll()));
    schedule();
}
