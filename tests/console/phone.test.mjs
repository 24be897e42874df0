// On a phone 360 pixels wide, by touch and without scripts: from signing in to a decision in two
// taps, and nothing that has to be shifted sideways or is too small for a finger.
import assert from 'node:assert/strict';
import { ELLIE, hostile, insult, letter, snapchat } from './mail.mjs';
import { enter, run, shots, test } from './support.mjs';

const PHONE = { on: 'phone', script: false };
const heading = (page) => page.getByRole('heading', { level: 1 });
const LONG = 'Donaudampfschifffahrtsgesellschaftskapitaen'.repeat(4);

const endless = () => letter({ name: 'endless', to: [ELLIE, `${'x'.repeat(60)}@post.example`],
    subject: LONG,
    body: `Add me on Snapchat, I'm coachdanprice, and I'll send https://${LONG}.example/ ${LONG}\n`,
    attachments: [{ name: `${LONG}.txt`, type: 'text/plain', content: LONG }] });

const ids = {};

async function fill(service) {
    for (const message of [endless, hostile, insult])
        ids[message.name] = (await service.hold(message())).id;
    await service.flood(snapchat(), 60);
}

const isWide = (page) => page.evaluate(() =>
    document.documentElement.scrollWidth > document.documentElement.clientWidth);

// The parts of a page that have to be shifted sideways by themselves.
const shifted = (page) => page.locator('main .table-wide').evaluateAll((all) =>
    all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent));

// What a finger is to hit, and is less than 24 pixels high or wide: but for links within a text,
// which are as high as it (WCAG 2.2, 2.5.8), and what a label around it makes large.
const tooSmall = (page) => page.evaluate(() =>
    [...document.querySelectorAll('a[href], button, summary, input, select, textarea')]
        .filter((target) => target.type !== 'hidden' &&
            target.checkVisibility({ checkVisibilityCSS: true }) &&
            !target.closest('.skip, .visually-hidden'))
        .filter((target) => {
            const style = getComputedStyle(target);
            if (target.localName === 'a' && style.display === 'inline')
                return false;
            const box = (target.closest('label') ?? target.labels?.[0] ?? target)
                .getBoundingClientRect();
            const own = target.getBoundingClientRect();
            return Math.max(box.width, own.width) < 24 || Math.max(box.height, own.height) < 24;
        })
        .map((target) => {
            const { width, height } = target.getBoundingClientRect();
            return `${target.outerHTML.slice(0, 120)}: ${width} x ${height}`;
        }));

async function inMenu(page, name) {
    await page.getByText('Menu', { exact: true }).tap();
    await page.locator('.nav-pages').getByRole('link', { name, exact: true }).tap();
}

test('a deputy head signs in, sees what waits, and decides in two taps', async ({ open }) => {
    const page = await enter(open, 'officer', PHONE);
    assert.match(await heading(page).textContent(), /^63 messages are waiting$/);
    await page.locator('.queue-headline a').first().tap();
    await page.locator('.incident-top').waitFor();
    const before = page.url();
    await page.locator('#release > summary').tap();
    await page.locator('#release .quick button').first().tap();
    await page.waitForURL(/done=release/);
    assert.match(await page.locator('.incident-top .chip').first().textContent(), /being sent on/);
    assert.ok(page.url().startsWith(before));
    await page.getByRole('button', { name: 'Undo' }).tap();
    await page.waitForURL(/done=undo/);
    assert.match(await page.locator('.incident-top .chip').first().textContent(), /waiting/);
});

test('what is looked for is found: by words, by seriousness, by clause', async ({ open }) => {
    const page = await enter(open, 'officer', PHONE);
    const search = async (act) => {
        await page.goto('/');
        await page.locator('.queue-filters > summary').tap();
        await act();
        await page.getByRole('button', { name: 'Show', exact: true }).tap();
        await page.waitForURL(/words=/);
    };
    await search(() => page.getByLabel('Search subjects and excerpts').fill('useless mother'));
    assert.equal(await heading(page).textContent(), '1 message found');
    await search(() => page.getByLabel('Search subjects and excerpts').fill('nobody wrote this'));
    assert.equal(await heading(page).textContent(), 'Nothing found');
    await search(() => page.getByLabel('How serious').selectOption('critical only'));
    assert.equal(await heading(page).textContent(), '62 messages found');
    await page.locator('.queue-in-force a', { hasText: 'critical only' }).tap();
    await page.getByRole('heading', { name: '63 messages are waiting' }).waitFor();
    await page.locator('.queue-clauses a', { hasText: '2.3' }).tap();
    await page.waitForURL(/clause=/);
    assert.equal(await page.locator('.queue-row').count(), 1);
});

test('a long list is turned over page by page, to its end and back', async ({ open }) => {
    const page = await enter(open, 'officer', PHONE);
    await page.locator('.queue-filters > summary').tap();
    await page.getByLabel('Show messages that are alike one by one').check();
    await page.locator('.queue-filters').getByRole('button', { name: 'Show', exact: true }).tap();
    await page.waitForURL(/each=yes/);
    const seen = new Set();
    const look = async () => {
        const links = page.locator('.queue-headline a');
        for (const href of await links.evaluateAll((all) => all.map((one) => one.pathname)))
            seen.add(href);
        assert.equal(await isWide(page), false);
    };
    await look();
    const next = page.getByRole('link', { name: 'Next page' });
    for (let turned = 2; await next.count() > 0; turned++) {
        await next.tap();
        await page.getByText(`Page ${turned} of`, { exact: false }).waitFor();
        await look();
    }
    assert.equal(seen.size, 63);
    await page.getByRole('link', { name: 'Previous page' }).tap();
    await page.getByRole('link', { name: 'Next page' }).waitFor();
});

test('every page is reached by the menu', async ({ open }) => {
    const page = await enter(open, 'officer', PHONE);
    for (const name of ['Exemptions', 'Reports', 'Rules', 'Try a message', 'Audit trail', 'Health',
        'Waiting']) {
        await inMenu(page, name);
        await page.locator(`.nav-pages a[aria-current=page]:text-is("${name}")`)
            .waitFor({ state: 'attached' });
    }
    await page.getByText('Menu', { exact: true }).tap();
    await page.getByRole('button', { name: 'Sign out' }).tap();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('no page is wider than the phone, and what is tapped is large enough', async ({ open }) => {
    const page = await enter(open, 'head', PHONE);
    const about = Object.values(ids).flatMap((id) => ['', '/case', '/headers', '/exempt',
        '?names=1&whole=1'].map((more) => `/incident/${id}${more}`));
    for (const path of [...about, `/incident/${ids.endless}/attachment/1`, '/?names=1',
        '/?each=yes&state=all', `/?words=${LONG}`, '/exemptions', '/rules',
        '/rules/insult-to-family', `/rules?q=${LONG}`, '/try', '/reports',
        '/reports?names=1', '/governors', '/audit',
        `/audit?who=${LONG}`, '/health', '/account', '/account/codes']) {
        await page.goto(path);
        await page.locator('main details:not([name])').evaluateAll((all) =>
            all.forEach((one) => { one.open = true; }));
        assert.equal(await isWide(page), false, `${path} is too wide`);
        assert.deepEqual(await shifted(page), [], path);
        assert.deepEqual(await tooSmall(page), [], path);
    }
    for (const choice of ['release', 'return', 'note']) {
        await page.goto(`/incident/${ids.insult}`);
        await page.locator(`#${choice} > summary`).tap();
        assert.equal(await isWide(page), false, choice);
        assert.deepEqual(await tooSmall(page), [], choice);
    }
    await page.goto(`/incident/${ids.endless}?names=1`);
    await shots(page, 'endless-words');
});

test('nor is it for whoever has letters twice as large', async ({ open }) => {
    const page = await enter(open, 'head', PHONE);
    for (const path of ['/', `/incident/${ids.insult}`, `/incident/${ids.endless}?names=1`,
        `/incident/${ids.insult}/case`, `/incident/${ids.insult}/headers`, '/rules',
        '/rules/insult-to-family', '/try', '/exemptions', '/reports', '/governors', '/audit',
        '/health', '/account']) {
        await page.goto(path);
        await page.evaluate(() => {
            document.documentElement.style.fontSize = '200%';
            for (const one of document.querySelectorAll('main details:not([name])'))
                one.open = true;
        });
        assert.equal(await isWide(page), false, path);
    }
});

test('a message is tried, and mail is exempt, by touch alone', async ({ open }) => {
    const page = await enter(open, 'officer', PHONE);
    await inMenu(page, 'Try a message');
    await page.getByLabel('Text', { exact: true }).fill('Shut up. You are a useless mother.');
    await page.getByLabel('Who writes to whom')
        .selectOption('A member of staff writes to a parent');
    await page.getByRole('button', { name: 'Try it' }).tap();
    await page.getByText('It would be held until somebody decides about it.').waitFor();
    assert.equal(await isWide(page), false);

    await page.goto(`/incident/${ids['insult']}`);
    await page.getByRole('link', { name: 'Exempt mail like this from now on' }).tap();
    await page.locator('input[name=what][value=sender]').check();
    await page.getByLabel('for one month').check();
    await page.getByLabel('Why').fill('They are brother and sister.');
    await page.getByRole('button', { name: 'Show what will happen' }).tap();
    await page.getByRole('button', { name: 'Exempt it' }).tap();
    await page.waitForURL(/exemptions/);
    assert.equal(await isWide(page), false);
    assert.deepEqual(await tooSmall(page), []);
});

await run({ fill, accounts: ['officer', 'head'] });
