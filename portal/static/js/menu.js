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

// Those who have been in the newsroom with this browser find a link to the form of the page. On the newsroom's own host it
// leaves a sign in the storage; its links to the pages of other hosts end in a fragment.
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
// Not over the text of a preview.
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
