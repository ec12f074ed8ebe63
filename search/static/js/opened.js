// Reports only the place of a result that a reader opened, for the counts in the newsroom's report.
const list = document.querySelector("[data-opened-url]");
const MIDDLE = 1;
let isFirst = true;

function report(event) {
    // The right button only opens a menu.
    if (event.type === "auxclick" && event.button !== MIDDLE) {
        return;
    }
    const result = event.target.closest("a[href]")?.closest(".result");
    if (!result || !list.contains(result)) {
        return;
    }
    const ranked = [...list.querySelectorAll(".search__results > .result")];
    const index = ranked.indexOf(result);
    // A promoted page precedes the first place.
    const place = index < 0 ? 0 : index + Number(list.dataset.firstPlace);
    const facts = new URLSearchParams({ q: list.dataset.query, place });
    if (isFirst) {
        facts.set("first", "on");
    }
    isFirst = false;
    navigator.sendBeacon(list.dataset.openedUrl, facts);
}

if (list && navigator.sendBeacon) {
    list.addEventListener("click", report);
    list.addEventListener("auxclick", report);
}
