// Shows the progress of an import while it runs. Without this script, the page reloads itself.

const SECONDS = 3;
const shown = document.querySelector("[data-import-progress]");

async function look() {
  try {
    const response = await fetch(location.href);
    // While the server is restarted, the next attempt may succeed.
    if (response.status < 500) {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const next = page.querySelector("[data-import-progress]");
      if (!next) {
        location.reload();
        return;
      }
      shown.replaceChildren(...next.childNodes);
    }
  } catch {
    // The network may have recovered by the next attempt.
  }
  setTimeout(look, SECONDS * 1000);
}

if (shown) setTimeout(look, SECONDS * 1000);
