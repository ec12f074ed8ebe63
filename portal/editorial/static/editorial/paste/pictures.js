// A clipboard's pictures: those that it contains, and those to which it only refers.
"use strict";

const paste = (window.portalPaste ??= {});

const EXTENSIONS = { "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/avif": "avif" };
// Smaller ones are layout symbols or tracking pixels.
const SMALLEST = 32;
const LONGEST_NAME = 80;
const RTF_PICTURE = /\\(png|jpeg)blip\b(?:\\[a-z]+-?\d*\s?|\{[^{}]*\}|\s)*([\da-f\s]{64,})/gi;

function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text.replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}

const fromHex = (text) => Uint8Array.from(text.replace(/\s/g, "").match(/../g) ?? [], (pair) => parseInt(pair, 16));

// A list of { type, bytes }.
function inRtf(rtf) {
  return [...rtf.matchAll(RTF_PICTURE)].map(([, kind, hex]) => ({ type: `image/${kind.toLowerCase()}`, bytes: fromHex(hex) }));
}

function inAddress(source) {
  const [, type, text] = /^data:(image\/[a-z+]+);base64,(.*)$/is.exec(source) ?? [];
  return type ? { type: type.toLowerCase(), bytes: fromBase64(text) } : null;
}

function sizeOf(image, name) {
  const style = paste.styleOf(image)[name] ?? "";
  const size = parseFloat(image.getAttribute(name) ?? (/\d(px|pt)$/.test(style) ? style : ""));
  return Number.isFinite(size) ? size : SMALLEST;
}

const isOrnament = (image) => sizeOf(image, "width") < SMALLEST && sizeOf(image, "height") < SMALLEST;
const inOneLine = (text) => (text ?? "").replace(/\s+/g, " ").trim();

// Returns a map from `img` elements to { alt, caption, name, address, file }. `file` is missing if the clipboard does
// not contain the picture; `address` is empty if it is not on the web. `name` is for pictures without a name.
paste.picturesOf = (body, { rtf = "", files = [], name = "" }) => {
  const images = [...body.querySelectorAll("img")].filter((image) => !isOrnament(image));
  const sources = images.map((image) => image.getAttribute("src") ?? "");
  // In HTML, Word and LibreOffice name temporary files. The pictures are in the RTF, in the same order.
  const isOwn = (source) => !/^(data|https?):/i.test(source);
  const own = sources.filter(isOwn);
  const beside = own.length ? inRtf(rtf) : [];
  const isAlone = images.length === 1 && files.length === 1 && !inOneLine(body.textContent);
  let passed = 0;
  return new Map(images.map((image, place) => {
    const source = sources[place];
    let found = inAddress(source);
    if (isOwn(source)) {
      found = beside.length === own.length ? beside[passed] : null;
      passed += 1;
    }
    const alt = inOneLine(image.getAttribute("alt"));
    const fileName = source.startsWith("data:") ? "" : paste.decoded(source.split(/[?#]/)[0].split(/[/\\]/).pop());
    const title = alt || `${name} ${place + 1}`;
    return [image, {
      alt,
      caption: inOneLine(image.closest("figure")?.querySelector("figcaption")?.textContent),
      name: alt || fileName || title,
      address: /^https?:/i.test(source) ? source : "",
      file: isAlone ? files[0] : asFile(found, title),
    }];
  }));
};

function asFile(found, title) {
  const extension = EXTENSIONS[found?.type];
  return extension && found.bytes ? new File([found.bytes], `${title.slice(0, LONGEST_NAME)}.${extension}`, { type: found.type }) : null;
}
