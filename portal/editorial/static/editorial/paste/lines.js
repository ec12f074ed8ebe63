// Lines of text, including the lines of a clipboard without HTML. A line has a type and a depth, as in Draft.js, and
// spans of text with styles and a link.
"use strict";

const paste = (window.portalPaste ??= {});

const ADDRESS = /https?:\/\/[^\s<>"“”«»]+/g;

const span = (text, styles = [], link = "") => ({ text, styles, link });
const isBlank = (text) => !/[^\s\u00a0\u200b\ufeff]/.test(text);
const textOf = ({ spans }) => spans.map(({ text }) => text).join("");

// Trim spaces and line breaks at both ends of a line; return whether it has words.
function trim(line) {
  for (const [place, space] of [[0, /^[\s\u00a0]+/], [-1, /[\s\u00a0]+$/]]) {
    while (line.spans.length) {
      const edge = line.spans.at(place);
      edge.text = edge.text.replace(space, "");
      if (edge.text) break;
      line.spans.splice(place, 1);
    }
  }
  return line.spans.length > 0;
}

// Converts pieces to lines, for an editor without other kinds of blocks.
paste.linesOf = (pieces) => {
  const line = (text, styles) => ({ type: "unstyled", depth: 0, spans: [span(text, styles)] });
  return pieces.flatMap((piece) => {
    if (piece.kind === "text") return piece.lines;
    if (piece.kind === "heading") return [line(piece.text, ["BOLD"])];
    if (piece.kind === "quote") return [line(piece.source ? `${piece.text} – ${piece.source}` : piece.text)];
    if (piece.kind === "table") return piece.rows.map((cells) => line(cells.join(" | ")));
    return [];
  });
};

// Plain text: each line is a paragraph, and URLs become links.
paste.readText = (text, { tracking }) => {
  const lines = text.split(/[\r\n\u2028\u2029]+/).filter((written) => !isBlank(written)).map((written) => {
    const spans = [];
    let at = 0;
    for (const { 0: found, index } of written.matchAll(ADDRESS)) {
      const address = found.replace(/[.,;:!?)\]’']+$/, "");
      const link = paste.cleanAddress(address, tracking);
      spans.push(span(written.slice(at, index)), span(link || address, [], link));
      at = index + address.length;
    }
    spans.push(span(written.slice(at)));
    const line = { type: "unstyled", depth: 0, spans: spans.filter((each) => each.text) };
    trim(line);
    return line;
  });
  return { pieces: lines.length ? [{ kind: "text", lines }] : [], notes: [], noteTitle: "", leftOut: new Map() };
};

Object.assign(paste, { span, isBlank, textOf, trim });
