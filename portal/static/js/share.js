// Copies a story's address, and opens the device's own share sheet where there is one.
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
        // Closing the sheet without sharing rejects the promise; that is no error.
        sheet.addEventListener("click", () => navigator.share({ url, title }).catch(() => {}));
    }
}
