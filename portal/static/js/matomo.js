// Counts a page view with Matomo, without a cookie; the address and the site's number come from the script element.
const { origin, site } = document.currentScript.dataset;
window._paq = [
  ["disableCookies"],
  ["setTrackerUrl", `${origin}/matomo.php`],
  ["setSiteId", site],
  ["trackPageView"],
  ["enableLinkTracking"],
];
const tracker = document.createElement("script");
tracker.async = true;
tracker.src = `${origin}/matomo.js`;
document.head.append(tracker);
