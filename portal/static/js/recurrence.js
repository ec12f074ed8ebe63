// Shows only the controls that apply to the period of a recurrence rule; without a script all of them are shown.
(() => {
    const SELECTOR = "[data-recurrence]";

    const arrange = (fieldset) => {
        const { value } = fieldset.querySelector("[data-recurrence-period]");
        for (const part of fieldset.querySelectorAll("[data-recurrence-for]")) {
            part.hidden = !part.dataset.recurrenceFor.split(" ").includes(value);
        }
        const end = fieldset.querySelector("select[name$='-end']");
        for (const name of ["until", "count"]) {
            fieldset.querySelector(`input[name$='-${name}']`).hidden = end.value !== name;
        }
    };

    document.addEventListener("change", (event) => {
        const fieldset = event.target.closest?.(SELECTOR);
        if (fieldset) arrange(fieldset);
    });
    const arrangeAll = () => document.querySelectorAll(SELECTOR).forEach(arrange);
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", arrangeAll);
    else arrangeAll();
})();
