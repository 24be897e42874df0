"use strict";

/* Queue: keys to move about, what was ticked, and how much is new --------------------------------- */

(() => {
    const form = document.querySelector(".queue-form");
    const boxes = form ? [...form.querySelectorAll(".queue-pick input")] : [];
    const chosen = form ? form.querySelectorAll(".queue-chosen") : [];
    const all = form && form.querySelector("[data-select-all]");

    function fill(element, n) {
        return (n === 1 ? element.dataset.one : element.dataset.several).replace("{1}", n);
    }

    /* A box stands for all that is alike. */
    function count() {
        const n = boxes.filter((box) => box.checked)
            .reduce((sum, box) => sum + box.value.split(" ").length, 0);
        chosen.forEach((place) => { place.textContent = n > 0 ? fill(place, n) : ""; });
    }

    if (boxes.length > 0) {
        form.addEventListener("change", count);
        all.hidden = false;
        all.addEventListener("click", () => {
            const on = boxes.some((box) => !box.checked);
            boxes.forEach((box) => { box.checked = on; });
            count();
        });
        count();
    }

    /* Keys. Who has turned them off has no single key that does anything. */
    const dialog = document.getElementById("keys");
    const links = [...document.querySelectorAll(".queue-headline a")];
    const search = document.getElementById("filter-words");

    function keysAreOn() {
        try {
            return localStorage.getItem("schoolgate-keys") !== "off";
        } catch {
            return true;
        }
    }

    function isTyping(target) {
        return target.isContentEditable ||
            (target.matches("input, select, textarea") && target.type !== "checkbox");
    }

    function rowAt() {
        const row = document.activeElement.closest(".queue-row");
        return row ? [...row.parentElement.children].indexOf(row) : -1;
    }

    function move(step) {
        const to = Math.min(Math.max(rowAt() + step, 0), links.length - 1);
        if (links.length === 0)
            return;
        links[to].focus();
        links[to].closest(".queue-row").scrollIntoView({ block: "nearest" });
    }

    function select() {
        const box = boxes[rowAt()];
        if (box)
            box.click();
    }

    function find() {
        if (!search)
            return;
        search.closest("details").open = true;
        search.focus();
    }

    const keys = {
        j: () => move(1),
        k: () => move(-1),
        x: select,
        "/": find,
        "?": () => dialog.showModal(),
    };

    function press(event) {
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open ||
            isTyping(event.target) || !Object.hasOwn(keys, event.key) || !keysAreOn())
            return;
        event.preventDefault();
        keys[event.key]();
    }

    if (dialog) {
        const onOff = dialog.querySelector("[data-keys-on]");
        const opener = document.querySelector("[data-show-keys]");

        onOff.checked = keysAreOn();
        onOff.addEventListener("change", () => {
            try {
                localStorage.setItem("schoolgate-keys", onOff.checked ? "on" : "off");
            } catch {
                onOff.checked = true;
            }
        });
        dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
        if (opener) {
            opener.hidden = false;
            opener.addEventListener("click", () => dialog.showModal());
        }
        document.addEventListener("keydown", press);
    }

    /* What is new. Asking keeps a session alive: so nobody is asked for who has gone away. */
    const news = document.querySelector("[data-live]");
    const EVERY = 30 * 1000;
    const PRESENT = 5 * 60 * 1000;
    const title = document.title;
    let known = null;
    let timer = 0;
    let seen = Date.now();
    let over = false;

    function tell(waiting) {
        const more = known === null ? 0 : waiting - known;
        if (known === null || waiting < known)
            known = waiting;
        document.title = more > 0 ? `(${more}) ${title}` : title;
        if (more <= 0) {
            news.replaceChildren();
            return;
        }
        const text = fill(news, more);
        if (news.textContent === text)
            return;
        const link = document.createElement("a");
        link.href = news.dataset.show;
        link.className = "btn btn-quiet";
        link.textContent = text;
        news.replaceChildren(link);
    }

    async function ask() {
        try {
            const reply = await fetch(news.dataset.live, { redirect: "manual" });
            over = reply.type === "opaqueredirect" || reply.status === 403;
            if (reply.ok)
                tell((await reply.json()).waiting);
        } catch {
            /* No network, for now: the next time will do. */
        }
        plan();
    }

    function plan() {
        clearTimeout(timer);
        if (!over && !document.hidden && Date.now() - seen < PRESENT)
            timer = setTimeout(ask, EVERY);
    }

    function notice() {
        const away = Date.now() - seen >= PRESENT;
        seen = Date.now();
        if (away)
            plan();
    }

    if (news) {
        for (const sign of ["pointerdown", "pointermove", "keydown", "scroll"])
            addEventListener(sign, notice, { passive: true });
        document.addEventListener("visibilitychange", () => document.hidden || over ? plan() : ask());
        ask();
    }
})();
