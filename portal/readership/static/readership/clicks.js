// Reports the host of a followed link to the portal's own server, and nothing about the reader. Readers who object
// report nothing. The server also checks this, and checks that the page has such a link.
const isLeftOut = () =>
  navigator.globalPrivacyControl || navigator.doNotTrack === "1" || document.cookie.includes("uncounted=");

const report = (event) => {
  const link = event.target.closest?.("a[href]");
  // The middle button opens a tab; the right one opens nothing.
  if (!link || event.button > 1 || !link.protocol.startsWith("http") || link.host === location.host || isLeftOut()) return;
  navigator.sendBeacon?.("/-/click", new URLSearchParams({ page: location.pathname, to: link.hostname }));
};

addEventListener("click", report);
addEventListener("auxclick", report);
