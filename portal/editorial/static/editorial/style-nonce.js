// Gives style elements created by scripts the nonce that the content security policy requires. The rich text editor
// creates some, for its placeholder and numbered lists; Wagtail gives them none.
"use strict";

{
  const { nonce } = document.currentScript;
  const create = document.createElement.bind(document);
  document.createElement = (name, options) => {
    const element = create(name, options);
    if (element.localName === "style") element.nonce = nonce;
    return element;
  };
}
