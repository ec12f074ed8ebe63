// The review page: the text to approve has its full height, so that it scrolls with the page, and the answer stays above
// the keyboard of a phone.
"use strict";

// The frame is low while it is measured, because a page is at least as high as its window.
function fit(frame) {
  const content = frame.contentDocument?.documentElement;
  if (!content || !frame.clientWidth) return;
  // In Wagtail's layout, this element scrolls and not the document.
  const scroller = frame.closest(".content-wrapper") ?? document.scrollingElement;
  const place = scroller.scrollTop;
  frame.style.blockSize = "20rem";
  frame.style.blockSize = `${content.scrollHeight + frame.offsetHeight - frame.clientHeight}px`;
  scroller.scrollTo({ top: place, behavior: "instant" });
}

for (const frame of document.querySelectorAll(".answer__preview")) {
  let width = 0;
  const fitToWidth = () => {
    if (frame.clientWidth !== width) fit(frame);
    width = frame.clientWidth;
  };
  const start = () => {
    fit(frame);
    // Fonts and pictures arrive later, and sections unfold.
    frame.contentDocument?.addEventListener("toggle", () => fit(frame), true);
    frame.contentDocument?.addEventListener("load", () => fit(frame), true);
    frame.contentDocument?.fonts.ready.then(() => fit(frame));
  };
  frame.addEventListener("load", start);
  if (frame.contentDocument?.readyState === "complete") start();
  new ResizeObserver(fitToWidth).observe(frame);
}

const answer = document.querySelector(".answer__form--in-view");
const view = window.visualViewport;
if (answer && view) {
  const lift = () => {
    const covered = document.documentElement.clientHeight - view.height - view.offsetTop;
    answer.style.setProperty("--keyboard", `${Math.max(0, covered)}px`);
  };
  for (const name of ["resize", "scroll"]) view.addEventListener(name, lift);
}
