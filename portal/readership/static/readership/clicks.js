// Tells the portal's own server to which other host a reader follows a link: the host, and nothing of the reader.
// Who does not want to be counted sends nothing; the server holds the same, and that the page has such a link.
const isLeftOut = () =>
  navigator.globalPrivacyControl || navigator.doNotTrack === "1" || document.cookie.includes("uncounted=");

const tell = (event) => {
  const link = event.target.closest?.("a[href]");
  // The middle button opens a tab; the right one opens nothing.
  if (!link || event.button > 1 || !link.protocol.startsWith("http") || link.host === location.host || isLeftOut()) return;
  navigator.sendBeacon?.("/-/click", new URLSearchParams({ page: location.pathname, to: link.hostname }));
};

addEventListener("click", tell);
addEventListener("auxclick", tell);
