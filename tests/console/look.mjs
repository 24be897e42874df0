// Looking at a page as people with less than a mouse and good eyes do, and taking its picture.
import { mkdirSync, readFileSync } from 'node:fs';
import { DESKTOP, PHONE, npm, shotsFolder, withScripts } from './browser.mjs';
import { until } from './service.mjs';

// Levels A and AA of WCAG 2.2.
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

// Runs an expression where the page's scripts, and its Content-Security-Policy, do not reach.
async function apart(page, ...expressions) {
    const session = await page.context().newCDPSession(page);
    try {
        const { frameTree } = await session.send('Page.getFrameTree');
        const world = await session.send('Page.createIsolatedWorld',
            { frameId: frameTree.frame.id });
        let value;
        for (const expression of expressions) {
            const { result, exceptionDetails: problem } = await session.send('Runtime.evaluate', {
                expression, contextId: world.executionContextId, awaitPromise: true,
                returnByValue: true,
            });
            if (problem)
                throw new Error(problem.exception?.description ?? problem.text);
            value = result.value;
        }
        return value;
    } finally {
        await session.detach();
    }
}

// What stands in somebody's way on the page, one line each: none is an empty array.
export async function axe(page) {
    const source = readFileSync(npm.resolve('axe-core/axe.min.js'), 'utf8');
    const options = JSON.stringify({ runOnly: TAGS, resultTypes: ['violations'] });
    const found = await withScripts(page, () => apart(page, `${source}; null`,
        `axe.run(document, ${options}).then((results) => results.violations)`));
    return found.flatMap(({ id, impact, nodes }) => nodes.map(({ target, failureSummary: why }) =>
        `${id} (${impact}): ${target.join(' ')}: ${why.replace(/\s+/g, ' ')}`));
}

const looks = (target) => target.evaluate((element) => {
    const style = getComputedStyle(element);
    return [style.outline, style.boxShadow, style.border, style.background, style.textDecoration]
        .join(';');
});

const hasFocus = (target) => target.evaluate((element) => element === document.activeElement);

// Presses Tab until `target` has the focus, which must be seen on it then.
export async function tabTo(page, target, most = 80) {
    const before = await looks(target);
    for (let pressed = 0; pressed < most; pressed++) {
        await page.keyboard.press('Tab');
        if (await hasFocus(target)) {
            await until(`the focus to be seen on ${target}`,
                async () => (await looks(target)) !== before, 5);
            return;
        }
    }
    throw new Error(`${most} times Tab do not lead to ${target}`);
}

const SIZES = { desktop: DESKTOP, phone: PHONE };

// Takes pictures of the whole page, light and dark, on desktop and phone, at
// $BUILD/console-shots/NAME-SIZE-SCHEME.png.
export async function shots(page, name) {
    const size = page.viewportSize();
    const dark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
    mkdirSync(shotsFolder, { recursive: true });
    for (const [device, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        for (const colorScheme of ['light', 'dark']) {
            await page.emulateMedia({ colorScheme });
            await page.screenshot({
                path: `${shotsFolder}/${name}-${device}-${colorScheme}.png`,
                fullPage: true,
                animations: 'disabled',
            });
        }
    }
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
}
