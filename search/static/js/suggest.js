// Suggestions as a reader types (ARIA Authoring Practices: combobox with list autocomplete). An option is a link.
const DEBOUNCE_MS = 120;
let count = 0;

class Suggestions {
    constructor(form) {
        this.form = form;
        this.input = form.querySelector("input[type=search]");
        this.list = document.createElement("ul");
        this.list.className = "suggestions";
        this.list.id = `suggestions-${(count += 1)}`;
        this.list.setAttribute("role", "listbox");
        this.list.setAttribute("aria-label", form.dataset.suggestionsLabel);
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
        this.input.addEventListener("input", () => this.schedule());
        this.input.addEventListener("keydown", (event) => this.onKeydown(event));
        this.input.addEventListener("blur", () => this.close());
        // A click would first blur the field, which closes the list.
        this.list.addEventListener("mousedown", (event) => event.preventDefault());
        this.list.addEventListener("click", (event) => this.follow(event.target.closest("[role=option]")));
    }

    get options() {
        return [...this.list.children];
    }

    schedule() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.load(), DEBOUNCE_MS);
    }

    async load() {
        const text = this.input.value.trim();
        this.request?.abort();
        if (text.length < 2) {
            this.close();
            return;
        }
        this.request = new AbortController();
        try {
            const url = `${this.form.dataset.suggestionsUrl}?q=${encodeURIComponent(text)}`;
            const response = await fetch(url, { signal: this.request.signal });
            this.show(response.ok ? (await response.json()).suggestions : []);
        } catch {
            // The form works without suggestions.
            this.close();
        }
    }

    show(suggestions) {
        this.active = -1;
        this.list.replaceChildren(
            ...suggestions.map(({ label, kind, url }, index) => {
                const option = document.createElement("li");
                option.className = "suggestions__option";
                option.id = `${this.list.id}-${index}`;
                option.dataset.url = url;
                option.setAttribute("role", "option");
                option.setAttribute("aria-selected", "false");
                const name = document.createElement("span");
                name.textContent = label;
                const type = document.createElement("span");
                type.className = "suggestions__kind";
                type.textContent = kind;
                option.append(name, " ", type);
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
        // One more than the number of options: the first position is the field itself.
        const positions = options.length + 1;
        this.active = ((this.active + 1 + step + positions) % positions) - 1;
        options.forEach((option, index) => option.setAttribute("aria-selected", String(index === this.active)));
        if (this.active < 0) {
            this.input.removeAttribute("aria-activedescendant");
        } else {
            this.input.setAttribute("aria-activedescendant", options[this.active].id);
            options[this.active].scrollIntoView({ block: "nearest" });
        }
    }

    onKeydown(event) {
        if (event.isComposing) {
            return;
        }
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            if (this.list.hidden) {
                this.load();
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

for (const form of document.querySelectorAll("form[data-suggestions-url]")) {
    new Suggestions(form);
}
