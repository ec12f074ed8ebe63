// A drop zone below a stream of pictures and in a gallery. Each file is uploaded separately and becomes a row.
(() => {
  "use strict";

  const { StreamBlockDefinition, StructBlockDefinition } = window.wagtailStreamField.blocks;

  function make(name, properties = {}, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  // The page being edited, or the parent of a new one.
  function pageKey() {
    return location.pathname.match(/\/(\d+)\/(?:edit\/)?(?:$|[^/]*$)/)?.[1] ?? "";
  }

  function send(settings, file, onProgress) {
    const { words } = settings;
    const body = new FormData();
    body.append("file", file);
    body.append("page", pageKey());
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", settings.url);
      request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
      request.setRequestHeader("X-CSRFToken", window.wagtailConfig.CSRF_TOKEN);
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => onProgress(event.lengthComputable ? event.loaded / event.total : 0));
      request.addEventListener("load", () => {
        const answer = request.response;
        if (request.status === 200 && answer?.picture) resolve(answer);
        else resolve({ error: answer?.error ?? (request.status === 403 ? words.forbidden : words.failed) });
      });
      request.addEventListener("error", () => resolve({ error: words.failed }));
      request.send(body);
    });
  }

  // `take(pictures, isGallery)` is called for each picture, or once for all of a gallery's pictures. `area` also
  // accepts files.
  function place(settings, take, area) {
    const { words } = settings;
    const input = make("input", { type: "file", multiple: true, accept: settings.accept, className: "drop-pictures__input" });
    const status = make("p", { className: "drop-pictures__status" });
    status.setAttribute("role", "status");
    const bar = make("progress", { max: 1, value: 0, hidden: true, className: "drop-pictures__progress" });
    const refusals = make("ul", { className: "drop-pictures__refusals" });
    refusals.setAttribute("role", "alert");
    const label = make("label", { className: "drop-pictures__label" }, make("span", { textContent: words.drop }), input);
    const box = make("div", { className: "drop-pictures" }, label);
    let shape = null;
    if (settings.hasGallery && settings.child) {
      shape = make("select", { className: "drop-pictures__shape" },
        make("option", { value: "single", textContent: words.single }),
        make("option", { value: "gallery", textContent: words.gallery }));
      box.append(make("label", { className: "drop-pictures__as" }, `${words.as} `, shape));
    }
    box.append(bar, status, refusals);

    let adding = null;
    // Each file waits for the uploads before it. The form is notified, and waits for all of them. Resolves with whether
    // all were added.
    function add(files) {
      const chosen = [...files];
      if (!chosen.length) return;
      const next = () => addAll(chosen);
      adding = adding ? adding.then(next, next) : next();
      box.dispatchEvent(new CustomEvent("pictures:adding", { bubbles: true, detail: adding }));
    }

    async function addAll(chosen) {
      const number = chosen.length;
      refusals.replaceChildren();
      const refuse = (text) => refusals.append(make("li", { textContent: text }));
      if (chosen.length > settings.most) {
        chosen.length = settings.most;
        refuse(fill(words.tooMany, settings));
      }
      const isGallery = shape?.value === "gallery";
      const added = [];
      bar.hidden = false;
      for (const [index, file] of chosen.entries()) {
        status.textContent = fill(words.progress, { number: index + 1, all: chosen.length, name: file.name });
        const answer = await send(settings, file, (share) => { bar.value = (index + share) / chosen.length; });
        if (answer.picture) {
          added.push(answer.picture);
          if (!isGallery) take([answer.picture], false);
        } else {
          refuse(fill(words.refused, { name: file.name, reason: answer.error }));
        }
      }
      if (isGallery && added.length) take(added, added.length > 1);
      bar.hidden = true;
      status.textContent = fill(words.done, { number: added.length, all: chosen.length });
      const form = box.closest("form[data-edit-form]");
      if (added.length && form) {
        // Marks the form as changed: Wagtail reads its initial values only after two or three seconds.
        form.setAttribute("data-w-unsaved-force-value", "true");
        form.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } }));
      }
      return added.length === number;
    }

    input.addEventListener("change", (event) => {
      // The input is not a field of the page.
      event.stopPropagation();
      add(input.files);
      input.value = "";
    });
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    area ??= box;
    for (const name of ["dragenter", "dragover"]) {
      area.addEventListener(name, (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        box.classList.add("drop-pictures--over");
      });
    }
    area.addEventListener("dragleave", () => box.classList.remove("drop-pictures--over"));
    area.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      box.classList.remove("drop-pictures--over");
      add(event.dataTransfer.files);
    });
    return box;
  }

  const key = () => window.crypto.randomUUID?.() ?? null;
  const row = (initial, picture, credit = "") => ({ ...initial, image: picture, alt: picture.default_alt_text ?? "", credit });

  function removeEmpty(list) {
    for (let index = list.children.length - 1; index >= 0; index -= 1) {
      const { image, alt } = list.children[index].getState().value;
      if (!image && !alt) list.deleteBlock(index);
    }
  }

  class PictureStream extends StreamBlockDefinition {
    render(placeholder, prefix, state, error) {
      const block = super.render(placeholder, prefix, state, error);
      const { pictures } = this.meta;
      const insert = (type, value) => block.insert({ type, value, id: key() }, block.children.length, { animate: true });
      // A list that contains only pictures is shown as a grid.
      const isGrid = Object.keys(this.initialChildStates).length === 1;
      const credit = isGrid ? window.portalPhotoGrid(block, pictures.words) : () => "";
      block.container.append(place(pictures, (added, isGallery) => {
        if (isGallery) {
          const { initialChildState } = this.childBlockDefsByName.gallery.childBlockDefsByName.images;
          const images = added.map((picture) => ({ value: row(initialChildState, picture), id: key() }));
          insert("gallery", { ...this.initialChildStates.gallery, images });
        } else {
          for (const picture of added) insert(pictures.child, row(this.initialChildStates[pictures.child], picture, credit(picture)));
        }
      }, isGrid ? block.container[0] : null));
      return block;
    }
  }

  class Gallery extends StructBlockDefinition {
    render(placeholder, prefix, state, error) {
      const block = super.render(placeholder, prefix, state, error);
      const list = block.childBlocks.images;
      const credit = window.portalPhotoGrid(list, this.meta.pictures.words);
      list.container.append(place(this.meta.pictures, (added) => {
        removeEmpty(list);
        for (const picture of added) {
          list.insert(row(list.blockDef.initialChildState, picture, credit(picture)), list.children.length, { animate: true, id: key() });
        }
      }, list.container[0]));
      return block;
    }
  }

  window.telepath.register("portal.PictureStream", PictureStream);
  window.telepath.register("portal.Gallery", Gallery);
})();
