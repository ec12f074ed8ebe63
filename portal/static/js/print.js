// Pictures that nobody has scrolled to are loaded for paper, too; what is not printed stays unloaded.
const load = () => {
    for (const image of document.querySelectorAll(".story img[loading=lazy]")) image.loading = "eager";
};

addEventListener("beforeprint", load);
matchMedia("print").addEventListener("change", load);
