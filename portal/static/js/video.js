// Replaces the poster of a video with its player on a click. Before the click, the host of the video gets no request.
for (const video of document.querySelectorAll("[data-player]")) {
    const poster = video.querySelector("a");
    poster.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) {
            return;
        }
        event.preventDefault();
        const player = document.createElement("iframe");
        player.className = "video__player";
        player.src = video.dataset.player;
        player.title = poster.textContent.trim();
        player.allow = "autoplay; fullscreen; picture-in-picture";
        player.referrerPolicy = "strict-origin-when-cross-origin";
        poster.replaceWith(player);
        player.focus();
    });
}
