// The reader's choice of colours, set before anything is painted: so this file is not a module.
try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") {
        document.documentElement.dataset.theme = chosen;
    }
} catch {
    // Storage may be closed to us; then the device decides.
}
