// Shows only the controls for the rule's period, and the rule's first dates.
(() => {
    const SELECTOR = "[data-recurrence]";

    const arrange = (fieldset) => {
        const { value } = fieldset.querySelector("[data-recurrence-period]:checked") ?? { value: "" };
        for (const part of fieldset.querySelectorAll("[data-recurrence-for]")) {
            part.hidden = !part.dataset.recurrenceFor.split(" ").includes(value);
        }
        const end = fieldset.querySelector("select[name$='-end']");
        for (const name of ["until", "count"]) {
            fieldset.querySelector(`input[name$='-${name}']`).hidden = end.value !== name;
        }
    };

    const showDates = async (fieldset) => {
        const line = fieldset.querySelector("[data-recurrence-dates]");
        const response = await fetch(fieldset.dataset.recurrenceUrl, {
            method: "POST",
            body: new FormData(fieldset.closest("form")),
            headers: { "X-CSRFToken": window.wagtailConfig.CSRF_TOKEN },
        }).catch(() => null);
        const { text, words } = response?.ok ? await response.json() : { text: "" };
        line.textContent = text;
        if (words) fieldset.querySelector("legend").textContent = words;
    };
    let typing;

    // Browsers fire this event when they open a collapsed part for a search match. Wagtail's panels listen to it.
    const openExceptions = () => {
        const panel = document.getElementById("id_changed_dates-FORMS")?.closest("[data-panel].collapsed");
        panel?.querySelector(".w-panel__content").dispatchEvent(new Event("beforematch"));
    };

    document.addEventListener("change", (event) => {
        const fieldset = event.target.closest?.(SELECTOR);
        if (fieldset) arrange(fieldset);
        if (event.target.matches("[data-recurrence-period]") && event.target.value) openExceptions();
        if (fieldset || ["start", "end"].includes(event.target.name)) document.querySelectorAll(SELECTOR).forEach(showDates);
    });
    document.addEventListener("input", ({ target }) => {
        const fieldset = target.matches("input") && target.closest(SELECTOR);
        clearTimeout(typing);
        if (fieldset) typing = setTimeout(() => showDates(fieldset), 400);
    });
    const arrangeAll = () => {
        for (const fieldset of document.querySelectorAll(SELECTOR)) {
            arrange(fieldset);
            if (!fieldset.querySelector("[data-recurrence-period][value='']:checked")) showDates(fieldset);
        }
    };
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", arrangeAll);
    else arrangeAll();
})();
