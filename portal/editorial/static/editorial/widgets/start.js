// Starts Wagtail's widgets without inline scripts, which the content security policy forbids: an element has the name
// of a class or function (`data-start`) and its arguments as JSON (`data-with`).
(() => {
  const MARK = "[data-start]";
  // An allowlist, in case such an element is injected into a page.
  const KNOWN = new Set([
    "Chooser",
    "DocumentChooser",
    "ImageChooser",
    "InlinePanel",
    "MultipleChooserPanel",
    "PageChooser",
    "SnippetChooser",
    "createTaskChooser",
    "initDateChooser",
    "initDateTimeChooser",
    "initTimeChooser",
  ]);

  const start = (element) => {
    const { start: name, with: json } = element.dataset;
    element.removeAttribute("data-start");
    if (!KNOWN.has(name)) return;
    try {
      if (/^[A-Z]/.test(name)) new window[name](...JSON.parse(json));
      else window[name](...JSON.parse(json));
    } catch (error) {
      // An error must not stop the widgets that follow.
      reportError(error);
    }
  };

  const startWithin = (node) => {
    if (!(node instanceof Element)) return;
    if (node.matches(MARK)) start(node);
    node.querySelectorAll(MARK).forEach(start);
  };

  new MutationObserver((records) => {
    for (const record of records) record.addedNodes.forEach(startWithin);
  }).observe(document, { childList: true, subtree: true });

  // Code that adds a row uses its widgets immediately, before the observer runs.
  const { initChildControls } = window.InlinePanel.prototype;
  window.InlinePanel.prototype.initChildControls = function (prefix) {
    startWithin(document.getElementById(`inline_child_${prefix}`));
    return initChildControls.call(this, prefix);
  };
})();
