// What wagtail-localize does in inline scripts, which the content policy forbids.
(() => {
  // `imageChooser`, `documentChooser` and `pageChooser`.
  const urls = document.querySelector("[data-chooser-urls]");
  if (urls) window.chooserUrls ??= { ...urls.dataset };

  document.addEventListener("DOMContentLoaded", () => {
    const all = document.querySelector('[name="select_all"]');
    all?.addEventListener("change", () => {
      for (const box of document.querySelectorAll('[name="locales"]')) box.checked = all.checked;
    });
  });
})();
