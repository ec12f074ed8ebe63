// Shows the pictures of a gallery enlarged, over the page. Without a script, each picture is a link to its file.
const make = (name, className, facts = {}) => Object.assign(document.createElement(name), { className, ...facts });

function open(gallery, links, index) {
    const dialog = make("dialog", "lightbox", { ariaLabel: gallery.ariaLabel });
    const image = make("img", "lightbox__picture", { sizes: "100vw" });
    const caption = make("p", "lightbox__caption caption", { ariaLive: "polite" });
    const show = (to) => {
        index = (to + links.length) % links.length;
        const link = links[index];
        const texts = link.closest("figure").querySelector("figcaption")?.cloneNode(true).childNodes ?? [];
        image.alt = link.querySelector("img").alt;
        image.srcset = link.dataset.srcset;
        image.src = link.href;
        caption.replaceChildren(`${index + 1} / ${links.length} `, ...texts);
    };
    const button = (name, textContent, act) => {
        const ariaLabel = gallery.dataset[name];
        const made = make("button", `lightbox__button lightbox__button--${name}`, { type: "button", ariaLabel, textContent });
        made.addEventListener("click", act);
        return made;
    };
    const previous = () => show(index - 1);
    const next = () => show(index + 1);

    dialog.append(
        image,
        caption,
        button("close", "×", () => dialog.close()),
        button("previous", "‹", previous),
        button("next", "›", next),
    );
    dialog.addEventListener("keydown", ({ key }) => {
        const isForward = (key === "ArrowRight") !== (getComputedStyle(dialog).direction === "rtl");
        if (key === "ArrowRight" || key === "ArrowLeft") (isForward ? next : previous)();
    });
    let start = null;
    dialog.addEventListener("touchstart", ({ touches }) => (start = touches.length === 1 ? touches[0].clientX : null));
    dialog.addEventListener("touchend", ({ changedTouches }) => {
        const moved = start === null || visualViewport.scale > 1 ? 0 : changedTouches[0].clientX - start;
        if (Math.abs(moved) > 50) (moved < 0 ? next : previous)();
    });
    dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
    dialog.addEventListener("close", () => {
        dialog.remove();
        links[index].focus();
    });
    show(index);
    document.body.append(dialog);
    dialog.showModal();
}

for (const gallery of document.querySelectorAll("[data-gallery]")) {
    const links = [...gallery.querySelectorAll("[data-srcset]")];
    links.forEach((link, index) =>
        link.addEventListener("click", (event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            open(gallery, links, index);
        }),
    );
}
