// Applies the reader's colour scheme before the first paint, so this file is not a module.
try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") {
        document.documentElement.dataset.theme = chosen;
    }
} catch {
    // If storage is blocked, the device decides.
}
