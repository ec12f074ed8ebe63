// Escape, or a tap outside, closes the drawer on a phone and the open lists over the page.
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

// Users who have opened the newsroom in this browser get a link to the form of the page. On its own host, the newsroom
// sets a value in local storage. Its links to pages on other hosts end with a fragment.
function isColleague() {
    try {
        if (location.hash === "#newsroom") {
            sessionStorage.setItem("newsroom", "yes");
            history.replaceState(null, "", location.pathname + location.search);
        }
        return Boolean(localStorage.getItem("newsroom") || sessionStorage.getItem("newsroom"));
    } catch {
        return false;
    }
}

const edit = document.querySelector("template[data-edit]");
// The link is not shown in a preview, because it would cover the text.
if (edit && isColleague() && window.top === window) {
    const link = document.createElement("a");
    link.className = "edit-link";
    link.href = `${edit.dataset.edit}?at=${encodeURIComponent(location.origin + location.pathname)}`;
    link.textContent = edit.content.textContent;
    const place = document.createElement("aside");
    place.ariaLabel = link.textContent;
    place.append(link);
    document.body.append(place);
}
