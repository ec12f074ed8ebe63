// On a phone, the registration button is fixed to the edge of the screen while a reader reads the event's text. The
// script fixes it when the title has scrolled out of view and the button itself is not visible. Without this script,
// the button is in its normal place.
const action = document.querySelector(".seating__action");
const title = action && document.querySelector("h1");
const story = action?.closest("article");

if (title && story) {
    let titleHasLeft = false;
    let isInSight = false;
    let storyGoesOn = false;
    const show = () => action.classList.toggle("is-at-hand", titleHasLeft && storyGoesOn && !isInSight);

    new IntersectionObserver(([entry]) => {
        titleHasLeft = !entry.isIntersecting && entry.boundingClientRect.top < 0;
        show();
    }).observe(title);
    new IntersectionObserver(([entry]) => {
        isInSight = entry.isIntersecting;
        show();
    }).observe(action);
    // Whether the lower edge of the screen is within the story.
    new IntersectionObserver(([entry]) => {
        storyGoesOn = entry.isIntersecting;
        show();
    }, { rootMargin: "-100% 0px 0px 0px" }).observe(story);
}
