// Ticks "registration here" when a number of places is first entered, unless people register elsewhere or somebody has
// changed the tick.
(() => {
    const changed = new WeakSet();
    let before = "";
    document.addEventListener("focusin", ({ target }) => {
        if (target.name === "capacity") before = target.value;
    });
    document.addEventListener("change", ({ target }) => {
        if (target.name === "takes_registrations") changed.add(target.form);
    });
    document.addEventListener("input", ({ target }) => {
        if (target.name !== "capacity" || changed.has(target.form)) return;
        const { takes_registrations: here, registration_url: elsewhere } = target.form.elements;
        const isFirst = before === "" && target.value !== "";
        before = target.value;
        if (!isFirst || !here || here.checked || elsewhere?.value) return;
        here.checked = true;
        here.dispatchEvent(new Event("change", { bubbles: true }));
    });
})();
