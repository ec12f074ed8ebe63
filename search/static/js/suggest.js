// Suggestions while a query is typed: the combobox pattern of the ARIA practices, with a list of links.
const WAIT = 120;
let number = 0;

class Suggestions {
    constructor(form) {
        this.form = form;
        this.input = form.querySelector("input[type=search]");
        this.list = document.createElement("ul");
        this.list.className = "suggestions";
        this.list.id = `suggestions-${(number += 1)}`;
        this.list.setAttribute("role", "listbox");
        this.list.setAttribute("aria-label", form.dataset.suggestCount);
        this.list.hidden = true;
        form.append(this.list);
        this.active = -1;
        for (const [name, value] of Object.entries({
            role: "combobox",
            "aria-autocomplete": "list",
            "aria-expanded": "false",
            "aria-controls": this.list.id,
        })) {
            this.input.setAttribute(name, value);
        }
        this.input.addEventListener("input", () => this.wait());
        this.input.addEventListener("keydown", (event) => this.press(event));
        this.input.addEventListener("blur", () => this.close());
        // Before the field loses its focus, and the list with it.
        this.list.addEventListener("mousedown", (event) => event.preventDefault());
        this.list.addEventListener("click", (event) => this.follow(event.target.closest("[role=option]")));
    }

    get options() {
        return [...this.list.children];
    }

    wait() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.ask(), WAIT);
    }

    async ask() {
        const text = this.input.value.trim();
        this.request?.abort();
        if (text.length < 2) {
            this.close();
            return;
        }
        this.request = new AbortController();
        try {
            const address = `${this.form.dataset.suggest}?q=${encodeURIComponent(text)}`;
            const response = await fetch(address, { signal: this.request.signal });
            this.show(response.ok ? (await response.json()).suggestions : []);
        } catch {
            // Without suggestions the box still searches.
            this.close();
        }
    }

    show(suggestions) {
        this.active = -1;
        this.list.replaceChildren(
            ...suggestions.map(({ label, kind, url }, place) => {
                const option = document.createElement("li");
                option.className = "suggestions__option";
                option.id = `${this.list.id}-${place}`;
                option.dataset.url = url;
                option.setAttribute("role", "option");
                option.setAttribute("aria-selected", "false");
                const name = document.createElement("span");
                name.textContent = label;
                const what = document.createElement("span");
                what.className = "suggestions__kind";
                what.textContent = kind;
                option.append(name, " ", what);
                return option;
            }),
        );
        const open = suggestions.length > 0 && document.activeElement === this.input;
        this.list.hidden = !open;
        this.input.setAttribute("aria-expanded", String(open));
        this.input.removeAttribute("aria-activedescendant");
    }

    close() {
        clearTimeout(this.timer);
        this.request?.abort();
        this.show([]);
    }

    move(step) {
        const options = this.options;
        // One place more than there are options: the field itself.
        const places = options.length + 1;
        this.active = ((this.active + 1 + step + places) % places) - 1;
        options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.active)));
        if (this.active < 0) {
            this.input.removeAttribute("aria-activedescendant");
        } else {
            this.input.setAttribute("aria-activedescendant", options[this.active].id);
            options[this.active].scrollIntoView({ block: "nearest" });
        }
    }

    press(event) {
        if (event.isComposing) {
            return;
        }
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            if (this.list.hidden) {
                this.ask();
            } else {
                this.move(event.key === "ArrowDown" ? 1 : -1);
            }
        } else if (event.key === "Enter" && this.active >= 0) {
            event.preventDefault();
            this.follow(this.options[this.active]);
        } else if (event.key === "Escape" && !this.list.hidden) {
            event.preventDefault();
            this.close();
        }
    }

    follow(option) {
        if (option) {
            window.location.assign(option.dataset.url);
        }
    }
}

for (const form of document.querySelectorAll("form[data-suggest]")) {
    new Suggestions(form);
}
