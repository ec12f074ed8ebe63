// Before printing, loads the pictures that the reader has not scrolled to. Pictures that are not printed are not
// loaded.
const load = () => {
    for (const image of document.querySelectorAll(".story img[loading=lazy]")) image.loading = "eager";
};

addEventListener("beforeprint", load);
matchMedia("print").addEventListener("change", load);
