// Ticks "registration here" as soon as a number of places is entered, unless people register elsewhere.
(() => {
    let before = "";
    document.addEventListener("focusin", ({ target }) => {
        if (target.name === "capacity") before = target.value;
    });
    document.addEventListener("input", ({ target }) => {
        if (target.name !== "capacity") return;
        const { takes_registrations: here, registration_url: elsewhere } = target.form.elements;
        const isFirst = before === "" && target.value !== "";
        before = target.value;
        if (!isFirst || !here || here.checked || elsewhere?.value) return;
        here.checked = true;
        here.dispatchEvent(new Event("change", { bubbles: true }));
    });
})();
