// Cleans a link's URL: removes the redirects of search engines and mail filters, and tracking.
"use strict";

const paste = (window.portalPaste ??= {});

const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);
// Hosts whose links have the target in one of their parameters.
const REDIRECTS = [
  [/^(www\.)?google\.[a-z.]+$/, "/url", ["q", "url"]],
  [/\.safelinks\.protection\.outlook\.com$/, "/", ["url"]],
  [/^lm?\.facebook\.com$/, "/l.php", ["u"]],
  [/^(www\.)?linkedin\.com$/, "/redir/", ["url"]],
  [/^(www\.)?youtube\.com$/, "/redirect", ["q"]],
];
const MOST_REDIRECTS = 4;

function parsed(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

function destination(url) {
  const [, , names] = REDIRECTS.find(([host, path]) => host.test(url.hostname) && url.pathname.startsWith(path)) ?? [];
  const found = names?.map((name) => url.searchParams.get(name)).find(Boolean);
  return found ? parsed(found) : null;
}

paste.decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

// `tracking` is a regular expression for parameter names. Returns "" for a URL that leads nowhere.
paste.cleanAddress = (address, tracking) => {
  const written = address.trim();
  let url = parsed(written);
  for (let step = 0; url && step < MOST_REDIRECTS; step += 1) {
    const inner = destination(url);
    if (!inner) break;
    url = inner;
  }
  if (!url || !SCHEMES.has(url.protocol)) return "";
  if (!url.protocol.startsWith("http")) return url.href;
  const pairs = url.search.slice(1).split("&").filter(Boolean);
  const others = pairs.filter((pair) => !tracking.test(paste.decoded(pair.split("=")[0])));
  url.search = others.join("&");
  // The passage that a browser highlights.
  url.hash = url.hash.replace(/#?:~:.*$/, "");
  return url.href;
};
