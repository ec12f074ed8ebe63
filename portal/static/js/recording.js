// Turns the times of chapters into buttons that play the recording from there, and shows the chapter that is playing.
for (const recording of document.querySelectorAll("[data-recording]")) {
    const player = recording.querySelector("audio, video");
    const chapters = [...recording.querySelectorAll("[data-start]")].map((line) => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...line.childNodes);
        line.append(button);
        const start = Number(line.dataset.start);
        button.addEventListener("click", () => {
            player.currentTime = start;
            player.play();
        });
        return { button, start };
    });
    player.addEventListener("timeupdate", () => {
        const current = chapters.findLast((chapter) => chapter.start <= player.currentTime);
        for (const { button } of chapters) {
            button.ariaCurrent = button === current?.button ? "true" : null;
        }
    });
}
