// Starts Wagtail's widgets: in place of an inline script, which the content policy forbids, an element names what begins
// (`data-start`, a class or a function of the window) and with which arguments (`data-with`, JSON).
(() => {
  const MARK = "[data-start]";
  // Nothing else is started, whoever might bring such an element into a page.
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
      // The widgets after this one are started all the same.
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

  // Whoever adds a row to such a panel uses its widgets at once, before an observer is told of it.
  const { initChildControls } = window.InlinePanel.prototype;
  window.InlinePanel.prototype.initChildControls = function (prefix) {
    startWithin(document.getElementById(`inline_child_${prefix}`));
    return initChildControls.call(this, prefix);
  };
})();
