// Reads a clipboard as pieces of a body, in order. Nothing in it runs or loads.
//
// A piece is text (with lines), a heading, a quote, a table or a picture. A line has a type and a depth, as in
// Draft.js, and spans of text with styles and a link.
"use strict";

const paste = window.portalPaste;
const { span, textOf, trim, isBlank } = paste;

const UNSEEN = new Set([
  ..."script style noscript template head title meta link button select textarea input svg object".split(" "),
  ..."iframe video audio canvas".split(" "),
]);
const BLOCKS = new Set([
  ..."p div section article aside header footer main nav address center dl dt dd pre hr figure figcaption".split(" "),
  ..."details summary fieldset form caption table thead tbody tfoot tr td th blockquote".split(" "),
]);
const LONGEST = { heading: 160, quote: 600, source: 120, caption: 200 };
// Each cell is a form field, and the server accepts 10,000.
const MOST_CELLS = 2000;
const DEEPEST = 4;
const NUMBERED = /^\s*\(?([0-9]+|[a-z]|[ivxlcdm]+)[.)]/i;

const hasClass = (element, pattern) => pattern.test(element.getAttribute("class") ?? "");

function levelOf(element) {
  const [, level] = /^h([1-6])$/.exec(element.localName) ?? [];
  if (level) return Number(level);
  if (element.getAttribute("role") === "heading") return Number(element.getAttribute("aria-level")) || 2;
  return hasClass(element, /\bMsoTitle\b/) ? 1 : 0;
}

class Reader {
  // `context` is shared by the readers of one clipboard.
  constructor(context) {
    this.context = context;
    this.pieces = [];
    this.lines = [];
    this.line = null;
    // Struck text that was left out at the end of the line so far.
    this.gap = "";
    // Pictures come after the line or list that contains them.
    this.waiting = [];
    this.item = null;
    this.depth = 0;
    this.isOrdered = false;
  }

  leaveOut(what, written, address = "") {
    const { leftOut } = this.context;
    const text = written.replace(/[\s\u00a0]+/g, " ").trim();
    const known = leftOut.get(what) ?? [];
    if (!known.some((each) => each.text === text)) leftOut.set(what, [...known, { text, address }]);
  }

  walk(node, marks = {}) {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) this.write(child.data, marks);
      else if (child.nodeType === Node.ELEMENT_NODE) this.enter(child, marks);
    }
  }

  enter(element, around) {
    const name = element.localName;
    const style = paste.styleOf(element);
    if (this.isPassedOver(element, style)) return;
    const { references } = this.context.footnotes;
    const marks = paste.marksIn(element, style, around);
    if (name === "br") this.lineBreak();
    else if (name === "img") this.picture(element, marks);
    else if (references.has(element)) this.reference(references.get(element), element);
    else if (name === "a") this.walk(element, { ...marks, link: this.addressOf(element) || around.link });
    else if (levelOf(element)) this.heading(element);
    else if (name === "table") this.table(element);
    else if (name === "ul" || name === "ol") this.list(element, marks);
    else if (name === "li") this.listItem(element, marks);
    else if (/level\d/.test(style["mso-list"])) this.wordItem(element, style, marks);
    else if (name === "blockquote" || hasClass(element, /\bMso(Intense)?Quote\b/)) this.quote(element, marks);
    else if (BLOCKS.has(name)) this.block(element, { ...marks, isPre: marks.isPre || name === "pre" });
    else this.walk(element, marks);
  }

  isPassedOver(element, style) {
    const { footnotes, apart } = this.context;
    if (UNSEEN.has(element.localName) || paste.isHidden(style) || apart.has(element)) return true;
    if (footnotes.backLinks.has(element) || footnotes.notes.includes(element)) return true;
    if (hasClass(element, /\bMsoCommentReference\b/)) return true;
    const what = hasClass(element, /\bMsoToc(\d|Heading)/) ? "contents"
      : style["mso-element"] === "comment" ? "comments"
      : paste.isStruck(element, style) ? "struck" : "";
    if (what && !isBlank(element.textContent)) this.leaveOut(what, what === "contents" ? "" : element.textContent);
    if (what === "struck" && this.line) this.gap += element.textContent;
    return Boolean(what);
  }

  // One space remains of those around struck text, and none before a comma or after a bracket.
  closeGap(text) {
    const { gap, line } = this;
    const last = line?.spans.at(-1);
    this.gap = "";
    if (!gap || !last || last.isNote) return text;
    const isApart = /[\s\u00a0]$/.test(last.text);
    if (isApart && /^(?:[,.;:!?…)\]”]|\u00a0)/.test(text)) last.text = last.text.replace(/[\s\u00a0]+$/, "");
    else if (/[(\[“„]$/.test(last.text)) return text.replace(/^ +/, "");
    else if (!isApart && /^[\s\u00a0][^]*[\s\u00a0]$/.test(gap) && /^[\p{L}\p{N}]/u.test(text)) return ` ${text}`;
    return text;
  }

  block(element, marks) {
    this.endLine();
    this.walk(element, marks);
    this.endLine();
  }

  addressOf(link) {
    const written = link.getAttribute("href") ?? "";
    if (!written || written.startsWith("#")) return "";
    const address = paste.cleanAddress(written, this.context.tracking);
    if (!address) this.leaveOut("links", link.textContent);
    return address;
  }

  write(data, marks) {
    if (marks.isPre) {
      data.split(/\r?\n/).forEach((part, place) => {
        if (place) this.lineBreak();
        this.write(part, { ...marks, isPre: false });
      });
      return;
    }
    let text = data.replace(/[\u200b\ufeff\0]/g, "").replace(/[\t\n\r\f ]+/g, " ").replace(/[\u00a0 ]{2,}/g, " ");
    text = this.closeGap(text);
    const before = this.line ? textOf(this.line) : "";
    if (!before || /[\s\u00a0]$/.test(before)) text = text.replace(/^[ \u00a0]+/, "");
    if (!text) return;
    const styles = paste.stylesOf(marks);
    const last = this.line?.spans.at(-1);
    if (last && !last.isNote && last.link === (marks.link ?? "") && last.styles.join() === styles.join()) last.text += text;
    else this.push(span(text, styles, marks.link));
  }

  push(...spans) {
    this.line ??= { type: this.item?.type ?? "unstyled", depth: this.item?.depth ?? 0, spans: [] };
    this.line.spans.push(...spans);
  }

  lineBreak() {
    if (!this.line) return;
    if (!textOf(this.line).endsWith("\n")) this.push(span("\n"));
    else if (!this.item) this.endLine();
  }

  // A footnote's number.
  reference(number, link) {
    if (!number) this.leaveOut("references", link.textContent);
    else this.push({ ...span(this.line?.spans.at(-1)?.isNote ? `, ${number}` : `${number}`, ["SUPERSCRIPT"]), isNote: true });
  }

  endLine() {
    const { line, item } = this;
    this.line = null;
    this.gap = "";
    if (line && trim(line)) {
      // Further paragraphs of a list item become its lines.
      if (item?.line && item.line === this.lines.at(-1)) item.line.spans.push(span("\n"), ...line.spans);
      else this.lines.push(line);
      if (item) item.line = this.lines.at(-1);
    }
    if (this.waiting.length && !item && !this.depth) this.endRun();
  }

  endRun() {
    if (this.lines.length) this.pieces.push({ kind: "text", lines: this.lines });
    this.lines = [];
    for (const picture of this.waiting.splice(0)) this.pieces.push({ kind: "picture", picture });
  }

  end() {
    this.endLine();
    this.endRun();
    return this.pieces;
  }

  // Add a piece, followed by the pictures in it.
  add(piece, pictures = []) {
    this.end();
    this.pieces.push(piece);
    this.waiting.push(...pictures);
    this.endLine();
  }

  // An element's text in one line without marks, and the pictures in it.
  plain(element) {
    const part = new Reader(this.context);
    part.walk(element);
    const pieces = part.end();
    const lines = paste.linesOf(pieces);
    for (const { text, link } of lines.flatMap(({ spans }) => spans)) if (link) this.leaveOut("plainLinks", text);
    const pictures = pieces.flatMap(({ picture }) => picture ?? []);
    return { text: lines.map(textOf).join(" ").replace(/\s+/g, " "), pictures };
  }

  heading(element) {
    const { text, pictures } = this.plain(element);
    this.endLine();
    if (text && !this.item && text.length <= LONGEST.heading) {
      this.add({ kind: "heading", text, level: levelOf(element) }, pictures);
      return;
    }
    this.write(text, { isBold: true });
    this.waiting.push(...pictures);
    this.endLine();
  }

  list(element, marks) {
    this.endLine();
    const { isOrdered, depth } = this;
    Object.assign(this, { isOrdered: element.localName === "ol", depth: depth + 1 });
    this.walk(element, marks);
    this.endLine();
    Object.assign(this, { isOrdered, depth });
    this.endLine();
  }

  listItem(element, marks) {
    // Word's web pages have a list for each item.
    const level = Number(element.getAttribute("aria-level") ?? 0);
    this.inItem(element, marks, this.isOrdered, Math.max(level, this.depth) - 1);
  }

  // In Word, a list item is a paragraph with a hidden marker.
  wordItem(element, style, marks) {
    const marker = [...element.querySelectorAll("*")].find((each) => paste.styleOf(each)["mso-list"] === "ignore");
    const [, level] = /level(\d)/.exec(style["mso-list"]);
    this.inItem(element, marks, NUMBERED.test(marker?.textContent ?? ""), Number(level) - 1);
  }

  inItem(element, marks, isOrdered, depth) {
    this.endLine();
    const around = this.item;
    const type = isOrdered ? "ordered-list-item" : "unordered-list-item";
    this.item = { type, depth: Math.min(Math.max(depth, 0), DEEPEST), line: null };
    this.walk(element, marks);
    this.endLine();
    this.item = around;
    this.endLine();
  }

  quote(element, marks) {
    const { apart } = this.context;
    const isMail = element.getAttribute("type") === "cite" || hasClass(element, /\bgmail_quote\b/);
    const hasParts = element.querySelector("ul, ol, table, h1, h2, h3, img, blockquote");
    if (!isMail && !hasParts && !this.item) {
      const source = [...element.querySelectorAll("cite, footer")].at(-1);
      apart.add(source);
      const { text } = this.plain(element);
      if (text && text.length <= LONGEST.quote) {
        const name = source ? this.plain(source).text.replace(/^[—–-]\s*/, "") : "";
        this.add({ kind: "quote", text: unquoted(text), source: name.slice(0, LONGEST.source) });
        return;
      }
      apart.delete(source);
    }
    this.block(element, marks);
  }

  table(element) {
    if (this.item || paste.isLayout(element)) {
      this.block(element, {});
      return;
    }
    const pictures = [];
    const read = (cell) => {
      const found = this.plain(cell);
      pictures.push(...found.pictures);
      return found.text;
    };
    const title = this.context.captions.get(element) ?? element.caption;
    const caption = title ? read(title).slice(0, LONGEST.caption) : "";
    const rows = paste.rowsOf(element, read);
    if (!rows.length) return;
    const piece = { kind: "table", caption, rows };
    this.context.cells += rows.length * rows[0].length;
    if (this.context.cells <= MOST_CELLS) {
      this.add(piece, pictures);
      return;
    }
    this.leaveOut("bigTables", caption || rows[0].join(" | "));
    this.end();
    this.lines.push(...paste.linesOf([piece]));
    this.waiting.push(...pictures);
    this.endLine();
  }

  picture(image, marks) {
    const picture = this.context.pictures.get(image);
    if (!picture) {
      if (hasClass(image, /emoji|smiley/i)) this.write(image.getAttribute("alt") ?? "", marks);
    } else if (picture.file) this.waiting.push(picture);
    else this.leaveOut(picture.address ? "remote" : "unreachable", picture.name, picture.address);
  }
}

// The quote block adds the quotation marks of its language.
function unquoted(text) {
  const [, inner] = /^[“„«"»]\s*([^“”„«»"]+?)\s*[”“»"«]$/.exec(text) ?? [];
  return inner ?? text;
}

// The highest level becomes a heading, all others subheadings. A title at the top does not count as a level.
function setLevels(pieces) {
  const headings = pieces.filter(({ kind }) => kind === "heading");
  const levels = headings.map(({ level }) => level);
  const top = Math.min(...levels);
  const below = levels.filter((level) => level > top);
  const hasTitle = pieces[0] === headings[0] && levels[0] === top && below.length > 1 && below.length === levels.length - 1;
  const highest = hasTitle ? Math.min(...below) : top;
  for (const heading of headings) heading.level = heading.level <= highest ? "h2" : "h3";
}

// Captions that Word places as paragraphs beside their tables.
function captionsOf(body) {
  const captions = new Map();
  for (const table of body.querySelectorAll("table")) {
    const beside = [table.previousElementSibling, table.nextElementSibling].find((each) => each && hasClass(each, /\bMsoCaption\b/));
    if (beside && !paste.isLayout(table) && ![...captions.values()].includes(beside)) captions.set(table, beside);
  }
  return captions;
}

// Each note is one list item.
function noteLines(context) {
  return context.footnotes.notes.flatMap((note) => {
    const reader = new Reader({ ...context, footnotes: { ...context.footnotes, notes: [] } });
    reader.walk(note);
    const lines = paste.linesOf(reader.end());
    const spans = lines.flatMap((line, place) => (place ? [span("\n"), ...line.spans] : line.spans));
    // Characters beside the link back.
    if (spans.length) spans[0].text = spans[0].text.replace(/^[\s^↑.[\]]+/, "");
    return spans.length ? [{ type: "ordered-list-item", depth: 0, spans }] : [];
  });
}

// Returns { pieces, notes, noteTitle, leftOut }: notes are lines of a list, and `leftOut` maps kinds to lists of {
// text, address }. `tracking` is a regular expression for parameter names; `rtf` and `files` are the clipboard's other
// parts; `name` is for pictures without a name.
paste.readHtml = (html, { tracking, ...others }) => {
  const { body } = paste.documentOf(html);
  const captions = captionsOf(body);
  const pictures = paste.picturesOf(body, others);
  const captioned = [...pictures.keys()].map((image) => image.closest("figure")?.querySelector("figcaption"));
  const apart = new Set([...captions.values(), ...captioned].filter(Boolean));
  const context = { tracking, captions, pictures, apart, footnotes: paste.footnotesOf(body), leftOut: new Map(), cells: 0 };
  const reader = new Reader(context);
  reader.walk(body);
  const pieces = reader.end();
  setLevels(pieces);
  const notes = noteLines(context);
  // A web page has a heading above its notes.
  const noteTitle = notes.length && pieces.at(-1)?.kind === "heading" ? pieces.pop().text : "";
  return { pieces, notes, noteTitle, leftOut: context.leftOut };
};
