// A headless Chromium that looks at the pages of one origin, and at nothing else. Whatever a page
// complains of, does not get, or asks of somebody else, is a fault, and fails the test.
import { createRequire } from 'node:module';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const build = resolve(process.env.BUILD ?? `${repository}/build`);

// Packages of contrib/install-browser-tests.
export const npm = createRequire(`${build}/npm/`);
export const shotsFolder = `${build}/console-shots`;

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 360, height: 740 };
const DEVICES = {
    desktop: { viewport: DESKTOP },
    phone: { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
};

// The sessions of the debugger that keep pages without scripts. Playwright has a setting of its
// own, which nobody can lift for a moment.
const scriptless = new WeakMap();

async function forbidScripts(page) {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setScriptExecutionDisabled', { value: true });
    scriptless.set(page, session);
}

// Does `act` with scripts allowed, for what wants a clock and promises of its own in the page.
export async function withScripts(page, act) {
    const session = scriptless.get(page);
    await session?.send('Emulation.setScriptExecutionDisabled', { value: false });
    try {
        return await act();
    } finally {
        await session?.send('Emulation.setScriptExecutionDisabled', { value: true });
    }
}

// What one test sees: its pages, each in a browser that knows nothing of the others, and what was
// wrong with them.
class Visit {
    constructor(browser, origin) {
        this.browser = browser;
        this.origin = origin;
        this.contexts = [];
        this.faults = [];
        this.expected = [];
    }

    // A new page. `on` is desktop or phone; `dark`, `still` (no movement) and `script` say what the
    // person has set. Without scripts Playwright has no clock in the page, by which to wait until
    // what moves has come to rest: so nothing moves.
    open = async ({ on = 'desktop', dark = false, still = false, script = true } = {}) => {
        const context = await this.browser.newContext({
            ...DEVICES[on],
            baseURL: this.origin,
            colorScheme: dark ? 'dark' : 'light',
            reducedMotion: still || !script ? 'reduce' : 'no-preference',
            locale: 'en-GB',
            timezoneId: 'Europe/London',
        });
        this.contexts.push(context);
        context.setDefaultTimeout(20000);
        this.watch(context);
        const page = await context.newPage();
        if (!script)
            await forbidScripts(page);
        return page;
    };

    watch(context) {
        context.on('console', (message) => this.complained(message.type(), message.text()));
        context.on('weberror', (error) => this.fault(`script: ${error.error().message}`));
        context.on('dialog', (dialog) => this.spoke(dialog));
        context.on('request', (request) => this.asked(request.url()));
        context.on('requestfailed', (request) => this.failed(request));
        context.on('response', (response) => this.answered(response));
        context.on('page', (page) => page.on('websocket', (socket) => this.asked(socket.url())));
    }

    fault(text) {
        this.faults.push(text);
    }

    // No page of ours has such a window: somebody else's script has opened it.
    spoke(dialog) {
        this.fault(`a dialog: ${dialog.message()}`);
        return dialog.dismiss();
    }

    // What Chromium refuses because of the Content-Security-Policy is an error here as well; what
    // could not be loaded is counted where it failed.
    complained(type, text) {
        if (['error', 'warning'].includes(type) && !text.startsWith('Failed to load resource:'))
            this.fault(`console: ${text}`);
    }

    asked(url) {
        const { protocol, origin } = new URL(url);
        if (origin !== this.origin && !['data:', 'blob:', 'about:'].includes(protocol))
            this.fault(`asks somebody else: ${url}`);
    }

    // Who leaves a page, or takes a file from it, does not wait for the rest of it.
    failed(request) {
        const why = request.failure().errorText;
        if (why !== 'net::ERR_ABORTED')
            this.fault(`not loaded: ${request.method()} ${request.url()}: ${why}`);
    }

    answered(response) {
        const status = response.status();
        if (status < 400)
            return;
        const expected = this.expected.indexOf(status);
        if (expected >= 0)
            this.expected.splice(expected, 1);
        else
            this.fault(`answer ${status}: ${response.request().method()} ${response.url()}`);
    }

    // While `act` runs the server must answer once with `status`, and that is no fault.
    expecting = async (status, act) => {
        this.expected.push(status);
        await act();
        const expected = this.expected.indexOf(status);
        if (expected >= 0)
            throw new Error(`there was no answer ${status}`);
    };

    get pages() {
        return this.contexts.flatMap((context) => context.pages());
    }

    // Fails when there was a fault.
    async check() {
        for (const page of this.pages)
            await page.evaluate(() => null); // what the page said before comes before this
        if (this.faults.length > 0)
            throw new Error(`the pages have faults:\n  ${this.faults.join('\n  ')}`);
    }

    // Pictures of the pages as they are, at FOLDER/NAME-1.png and so on.
    async keepPictures(name) {
        mkdirSync(shotsFolder, { recursive: true });
        for (const [index, page] of this.pages.entries())
            await page.screenshot({
                path: `${shotsFolder}/${name}-${index + 1}.png`,
                timeout: 5000,
            });
    }

    async end() {
        for (const context of this.contexts)
            await context.close();
    }
}

// Starts the browser for the pages at `origin`; its files lie in `folder`.
export async function startBrowser(origin, folder) {
    process.env.TMPDIR = folder;
    const { chromium } = npm('playwright-core');
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        chromiumSandbox: process.getuid() !== 0, // which root cannot have
        args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
        // Whoever ends us ends us at once; the browser follows when it hears no more of us.
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
    });
    return {
        visit: () => new Visit(browser, origin),
        end: () => browser.close(),
    };
}
