// The formatting that an element gives to clipboard text: its marks, and whether it is hidden or struck through.
"use strict";

const paste = (window.portalPaste ??= {});

// The newsroom's content security policy would block and report each `style` attribute in the clipboard.
const STYLE = "data-style";
const STRUCK = new Set(["s", "strike", "del"]);
const BOLD = new Set(["b", "strong"]);
const ITALIC = new Set(["i", "em", "cite", "dfn"]);

// A document that is never shown: nothing in it runs or loads.
paste.documentOf = (html) => {
  const plain = html
    .replace(/<style\b[\s\S]*?<\/style>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/i, ` ${STYLE}=`));
  return new DOMParser().parseFromString(plain, "text/html");
};

// The declarations of the `style` attribute, including Word's, which the browser ignores.
paste.styleOf = (element) => {
  const found = {};
  for (const part of (element.getAttribute(STYLE) ?? "").split(";")) {
    const at = part.indexOf(":");
    if (at > 0) found[part.slice(0, at).trim().toLowerCase()] = part.slice(at + 1).trim().toLowerCase();
  }
  return found;
};

paste.isHidden = (style) =>
  style.display === "none" || style.visibility === "hidden" || style["mso-hide"] === "all" || style["mso-list"] === "ignore";

paste.isStruck = (element, style) =>
  STRUCK.has(element.localName) || /line-through/.test(`${style["text-decoration"]} ${style["text-decoration-line"]}`);

// The marks of an element's text, given those around it.
paste.marksIn = (element, style, around) => {
  const name = element.localName;
  const marks = { ...around };
  if (BOLD.has(name)) marks.isBold = true;
  if (ITALIC.has(name)) marks.isItalic = true;
  if (style["font-weight"]) marks.isBold = /^(bold|bolder|[6-9]\d\d)/.test(style["font-weight"]);
  if (style["font-style"]) marks.isItalic = /^(italic|oblique)/.test(style["font-style"]);
  const shift = { sup: "super", sub: "sub" }[name] ?? style["vertical-align"];
  if (shift === "super" || shift === "sub") marks.shift = shift;
  return marks;
};

paste.stylesOf = ({ isBold, isItalic, shift }) => [
  ...(isBold ? ["BOLD"] : []),
  ...(isItalic ? ["ITALIC"] : []),
  ...(shift ? [shift === "super" ? "SUPERSCRIPT" : "SUBSCRIPT"] : []),
];
