// A button that cycles through the colour schemes: the device's scheme, light, dark.
const ORDER = ["system", "light", "dark"];
const root = document.documentElement;
const buttons = document.querySelectorAll("[data-theme-switch]");

const current = () => root.dataset.theme ?? "system";

function show() {
    for (const button of buttons) {
        button.querySelector("[data-theme-name]").textContent = button.dataset[current()];
        button.title = button.dataset[current()];
    }
}

function choose(theme) {
    if (theme === "system") {
        delete root.dataset.theme;
    } else {
        root.dataset.theme = theme;
    }
    try {
        if (theme === "system") {
            localStorage.removeItem("theme");
        } else {
            localStorage.setItem("theme", theme);
        }
    } catch {
        // In this case, the choice is only valid for this page.
    }
    show();
}

for (const button of buttons) {
    button.addEventListener("click", () => choose(ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length]));
}
show();
