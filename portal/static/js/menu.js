// Escape, or a tap beside it, closes the drawer of a phone, and the folded lists that lie over the page.
const open = () => document.querySelector("details[data-menu][open]");

document.addEventListener("keydown", (event) => {
    const menu = open();
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
    const menu = open();
    if (menu && !menu.contains(event.target)) menu.open = false;
});
