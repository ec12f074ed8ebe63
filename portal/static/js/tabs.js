// Turns texts with headings into tabs (WAI-ARIA APG, tabs with automatic activation). Without a script, they are one
// below the other.
function make(group) {
    const panels = [...group.children];
    const list = Object.assign(document.createElement("div"), { className: "tabs__list", role: "tablist" });
    const name = group.closest("[aria-label]")?.getAttribute("aria-label");
    if (name) list.setAttribute("aria-label", name);
    const tabs = panels.map((panel) => {
        const heading = panel.querySelector(".tabs__title");
        const tab = Object.assign(document.createElement("button"), {
            className: "tabs__tab",
            id: `${panel.id}-name`,
            role: "tab",
            type: "button",
            textContent: heading.textContent,
        });
        tab.setAttribute("aria-controls", panel.id);
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", tab.id);
        panel.tabIndex = 0;
        return tab;
    });

    const show = (chosen) => {
        tabs.forEach((tab, place) => {
            tab.setAttribute("aria-selected", String(place === chosen));
            tab.tabIndex = place === chosen ? 0 : -1;
            // Not the attribute `hidden`: in print, every text is there.
            panels[place].classList.toggle("tabs__panel--behind", place !== chosen);
        });
    };
    const shown = () => tabs.findIndex((tab) => tab.ariaSelected === "true");

    tabs.forEach((tab, place) => tab.addEventListener("click", () => show(place)));
    list.addEventListener("keydown", (event) => {
        const forward = getComputedStyle(list).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
        const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
        const last = tabs.length - 1;
        const to = { [forward]: shown() + 1, [backward]: shown() - 1, Home: 0, End: last }[event.key];
        if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        const place = (to + tabs.length) % tabs.length;
        show(place);
        tabs[place].focus();
    });
    const follow = () => {
        const place = panels.findIndex((panel) => panel.id === location.hash.slice(1));
        if (place >= 0) show(place);
    };
    addEventListener("hashchange", follow);

    list.append(...tabs);
    group.prepend(list);
    group.classList.add("tabs--made");
    show(0);
    follow();
}

document.querySelectorAll("[data-tabs]").forEach(make);
