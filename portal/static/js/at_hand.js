// On a phone the button to register stays at the edge of the screen while its event is read: once the title has left at
// the top, unless the button itself is in sight. Without this script it stands in its place.
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
    // Whether the story crosses the lower edge of the screen.
    new IntersectionObserver(([entry]) => {
        storyGoesOn = entry.isIntersecting;
        show();
    }, { rootMargin: "-100% 0px 0px 0px" }).observe(story);
}
