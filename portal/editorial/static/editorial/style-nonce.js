// Style elements that a script creates get the nonce that the content policy demands of them. The editor of rich text has
// some, for its placeholder and its numbered lists; Wagtail gives them none.
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
