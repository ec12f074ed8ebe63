// Solves the puzzles of a form that gets very many posts (portal/content/readers/proof_of_work.py) while the reader
// types. Without a secure context, there is no Web Crypto, and the form can only be sent after a wait, as without
// scripts.
const BATCH = 256;
const encoder = new TextEncoder();

async function isSolution(text, bits) {
    const digest = await crypto.subtle.digest("SHA-256", encoder.encode(text));
    return new DataView(digest).getUint32(0) >>> (32 - bits) === 0;
}

async function solve(challenge, puzzle, bits) {
    for (let first = 0; ; first += BATCH) {
        const numbers = Array.from({ length: BATCH }, (_none, index) => first + index);
        const solved = await Promise.all(numbers.map((number) => isSolution(`${challenge}:${puzzle}:${number}`, bits)));
        if (solved.includes(true)) return first + solved.indexOf(true);
    }
}

async function prove(field) {
    const { challenge, puzzles, bits } = field.dataset;
    const numbers = [];
    for (let puzzle = 0; puzzle < Number(puzzles); puzzle += 1) {
        numbers.push(await solve(challenge, puzzle, Number(bits)));
    }
    field.value = numbers.join(",");
}

for (const field of document.querySelectorAll("input[data-challenge]")) {
    if (!globalThis.crypto?.subtle) break;
    // A form that was refused because it had no proof is sent again automatically.
    let isWaiting = "again" in field.dataset;
    field.form.addEventListener("submit", (event) => {
        if (!field.value) {
            event.preventDefault();
            isWaiting = true;
        }
    });
    prove(field).then(() => {
        if (isWaiting) field.form.requestSubmit();
    });
}
