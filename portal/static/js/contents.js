// Marks the current section in the table of contents.
const contents = document.querySelector("[data-contents]");

if (contents) {
    const links = new Map(
        [...contents.querySelectorAll("a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]),
    );
    const mark = (anchor) => {
        for (const [name, link] of links) {
            if (name === anchor) {
                link.setAttribute("aria-current", "location");
            } else {
                link.removeAttribute("aria-current");
            }
        }
    };
    const observer = new IntersectionObserver(
        (entries) => {
            const reached = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target.id);
            if (reached.length) {
                mark(reached.at(-1));
            }
        },
        { rootMargin: "0px 0px -65% 0px" },
    );
    for (const anchor of links.keys()) {
        const heading = document.getElementById(anchor);
        if (heading) {
            observer.observe(heading);
        }
    }
}
