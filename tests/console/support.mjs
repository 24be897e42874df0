// What the tests of the pages share: each file has one schoolgate and one browser, and each test
// pages of its own.
//
//     test('a promise', async ({ open, service }) => { const page = await open(); … });
//     await run({ accounts: ['officer'] });
import { basename } from 'node:path';
import { startBrowser } from './browser.mjs';
import { PASSWORD, startService } from './service.mjs';
import * as tap from './tap.mjs';

export { axe, shots, tabTo } from './look.mjs';
export { PASSWORD, until } from './service.mjs';

const file = basename(process.argv[1], '.test.mjs');
let count = 0;

// Adds a test. What it is given: `service` (see service.mjs), and `open` and `expecting` (see
// browser.mjs). When it fails, pictures of its pages are left in $BUILD/console-shots.
export function test(name, act) {
    const number = ++count;
    tap.test(name, async ({ service, browser }) => {
        const visit = browser.visit();
        try {
            await act({ service, open: visit.open, expecting: visit.expecting });
            await visit.check();
        } catch (error) {
            await visit.keepPictures(`failed-${file}-${number}`).catch(() => {});
            throw error;
        } finally {
            await visit.end();
        }
    });
}

// Fills in the form to sign in, on the page that shows it, and sends it.
export async function signIn(page, name, password = PASSWORD) {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
}

// A page on which `name` has signed in, in a browser of their own; `options` are those of open().
export async function enter(open, name, options) {
    const page = await open(options);
    await page.goto('/sign-in');
    await signIn(page, name);
    await page.locator('form[action$="/sign-out"]').waitFor({ state: 'attached' });
    return page;
}

const choiceOf = (page, choice) =>
    page.locator('details.offer', { has: page.locator(`summary:text-is("${choice}")`) });

// Decides about the incident at hand as people do: opens that choice, and taps on a reason.
export async function decide(page, choice, reason) {
    const offer = choiceOf(page, choice);
    await offer.locator('summary').click();
    await offer.getByRole('button', { name: reason }).click();
    await page.waitForURL(/[?&]done=/);
}

// The same with words of one's own.
export async function decideInWords(page, choice, words) {
    const offer = choiceOf(page, choice);
    await offer.locator('summary').click();
    await offer.getByRole('textbox').fill(words);
    await offer.getByRole('button', { name: choice, exact: true }).click();
    await page.waitForURL(/[?&]done=/);
}

// Runs the tests of the file and ends the process. `options` are those of startService(); `fill` is
// given the service first.
export function run({ fill = () => {}, ...options } = {}) {
    let service;
    let browser;
    return tap.run({
        start: async () => {
            service = await startService(options);
            await fill(service);
            browser = await startBrowser(service.origin, service.folder);
            return { service, browser };
        },
        end: async () => {
            await browser?.end();
            await service?.end();
        },
    });
}
