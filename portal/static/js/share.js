// Copies a story's URL, and opens the device's own share dialog, if it has one.
for (const share of document.querySelectorAll("[data-share]")) {
    const { url, title } = share.dataset;
    const copy = share.querySelector("[data-share-copy]");
    const sheet = share.querySelector("[data-share-sheet]");
    const status = share.querySelector("[data-share-status]");

    if (navigator.clipboard) {
        copy.addEventListener("click", async () => {
            await navigator.clipboard.writeText(url);
            status.textContent = copy.dataset.done;
            setTimeout(() => (status.textContent = ""), 4000);
        });
    } else {
        copy.parentElement.hidden = true;
    }

    if (navigator.share) {
        sheet.hidden = false;
        // If the reader closes the dialog without sharing, the promise is rejected. This is not an error.
        sheet.addEventListener("click", () => navigator.share({ url, title }).catch(() => {}));
    }
}
