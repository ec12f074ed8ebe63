// Counts a page view with the site's analytics service, unless the reader has objected in the privacy notice.
const { service, origin, site } = document.currentScript.dataset;

const hasObjected = () => {
  try {
    return localStorage.getItem("audience-measurement") === "refused";
  } catch {
    // A browser without storage cannot store an objection either.
    return false;
  }
};

const load = (address, data = {}) => {
  const script = document.createElement("script");
  script.async = true;
  script.src = origin + address;
  Object.assign(script.dataset, data);
  document.head.append(script);
};

if (!hasObjected()) {
  if (service === "matomo") {
    window._paq = [
      // Matomo counts without a cookie.
      ["disableCookies"],
      ["setTrackerUrl", `${origin}/matomo.php`],
      ["setSiteId", site],
      ["trackPageView"],
      ["enableLinkTracking"],
    ];
    load("/matomo.js");
  } else if (service === "plausible") {
    load("/js/script.js", { domain: site });
  }
}
