// Applies the reader's colour scheme before the first paint, so this file is not a module.
try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") {
        document.documentElement.dataset.theme = chosen;
    }
} catch {
    // Storage may be blocked; then the device decides.
}
