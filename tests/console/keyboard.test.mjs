// The whole of it with the keyboard alone: from signing in to signing out, with the focus seen at
// every stop, nowhere a trap, and keys of our own that can be switched off.
import assert from 'node:assert/strict';
import { insult, snapchat } from './mail.mjs';
import { PASSWORD, enter, run, tabTo, test } from './support.mjs';

const heading = (page) => page.getByRole('heading', { level: 1 });
const ids = {};

async function fill(service) {
    for (const message of [snapchat, insult])
        ids[message.name] = (await service.hold(message())).id;
}

const press = async (page, target, key) => {
    await tabTo(page, target);
    await page.keyboard.press(key);
};

// Where the focus is: null for the page itself. What is around it when it is seen, and when not,
// differs; what is under something else, or outside the window, is not seen.
const stop = (page) => page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body)
        return null;
    const box = at.getBoundingClientRect();
    const style = getComputedStyle(at);
    const label = at.labels?.[0] && getComputedStyle(at.labels[0]);
    const shown = [style, label].some((one) => one && ((one.outlineStyle !== 'none' &&
        parseFloat(one.outlineWidth) >= 1) || one.boxShadow !== 'none'));
    const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.y + Math.min(box.height, innerHeight) / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    const inSight = box.bottom > 0 && box.top < innerHeight && box.width > 0;
    return { name: at.outerHTML.slice(0, 100), shown, isFirst: at.matches('.skip'),
        isPart: at.type === 'date' && 'stops' in at.dataset, // where the browser shows it
        inSight: inSight && (at.contains(top) || Boolean(top?.contains(at))) };
});

// Whether that has the focus for the first time; a date has a stop for each of its parts.
const isNew = (page) => page.evaluate(() => {
    const at = document.activeElement;
    const parts = at.type === 'date' ? 5 : 1;
    at.dataset.stops = Number(at.dataset.stops ?? 0) + 1;
    return Number(at.dataset.stops) <= parts;
});

// Goes through the whole page, to its end, after which it begins anew: each stop is in sight, and
// none comes twice before.
async function walk(page, what) {
    for (let count = 0; count < 400; count++) {
        await page.keyboard.press('Tab');
        const at = await stop(page);
        if (count > 0 && (at === null || at.isFirst))
            return count;
        assert.ok(at.shown || at.isPart, `${what}: the focus is not seen on ${at.name}`);
        assert.ok(at.inSight, `${what}: out of sight: ${at.name}`);
        assert.ok(await isNew(page), `${what}: comes back to ${at.name}`);
    }
    throw new Error(`${what} has no end`);
}

test('sign in, find, open, decide, undo and sign out by Tab, Enter and Space', async ({ open }) => {
    const page = await open();
    await page.goto('/sign-in');
    await tabTo(page, page.getByLabel('Name'));
    await page.keyboard.type('officer');
    await tabTo(page, page.getByLabel('Password'));
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '2 messages are waiting' }).waitFor();

    await press(page, page.locator('.queue-filters > summary'), 'Enter');
    await tabTo(page, page.getByLabel('Search subjects and excerpts'));
    await page.keyboard.type('useless');
    await page.keyboard.press('Enter');
    await page.waitForURL(/words=useless/);
    assert.equal(await page.locator('.queue-row').count(), 1);
    await press(page, page.locator('.queue-headline a'), 'Enter');
    await page.locator('.incident-top').waitFor();

    await press(page, page.locator('#keep > summary'), 'Space');
    await press(page, page.locator('#keep .quick button').first(), 'Space');
    await page.waitForURL(/done=keep/);
    assert.match(await page.locator('.incident-top .chip').first().textContent(), /kept/);
    await press(page, page.getByRole('button', { name: 'Undo' }), 'Enter');
    await page.waitForURL(/done=undo/);
    assert.match(await page.locator('.incident-top .chip').first().textContent(), /waiting/);

    await press(page, page.getByRole('button', { name: 'Sign out' }), 'Enter');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('several are ticked and decided at once, and that is undone', async ({ open }) => {
    const page = await enter(open, 'officer');
    const boxes = page.locator('.queue-pick input');
    for (const index of [0, 1])
        await press(page, boxes.nth(index), 'Space');
    await tabTo(page, page.getByLabel('Reason'));
    await page.keyboard.type('Seen');
    await press(page, page.getByRole('button', { name: 'Keep as a breach' }), 'Enter');
    await page.getByText('2 messages are kept as breaches.').waitFor();
    await press(page, page.locator('.notice').getByRole('button', { name: 'Undo' }), 'Space');
    await page.getByText('2 decisions were taken back.').waitFor();
});

test('Enter at the end of a reason decides nothing, for no button was meant', async ({ open }) => {
    const page = await enter(open, 'officer');
    await press(page, page.locator('.queue-pick input').first(), 'Space');
    await tabTo(page, page.getByLabel('Reason'));
    await page.keyboard.type('Junk');
    await page.evaluate(() => document.addEventListener('submit', (event) => {
        document.body.dataset.sent = event.submitter?.value ?? 'nothing';
        event.preventDefault();
    }));
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.body.dataset.sent), undefined);
    await press(page, page.getByRole('button', { name: 'Discard', exact: true }), 'Enter');
    assert.equal(await page.evaluate(() => document.body.dataset.sent), 'discard');
});

test('keys of our own move, tick, open and search; they can be switched off, and stay so',
    async ({ open }) => {
        const page = await enter(open, 'officer');
        const focused = () => page.evaluate(() => document.activeElement.textContent);
        await page.keyboard.press('j');
        const first = await focused();
        await page.keyboard.press('j');
        assert.notEqual(await focused(), first);
        await page.keyboard.press('k');
        assert.equal(await focused(), first);
        assert.ok((await stop(page)).shown);
        await page.keyboard.press('x');
        assert.ok(await page.locator('.queue-pick input').first().isChecked());
        await page.keyboard.press('Enter');
        await page.locator('.incident-top').waitFor();
        assert.equal(await heading(page).textContent(), first);

        await page.goto('/');
        await page.keyboard.press('?');
        const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
        assert.match((await stop(page)).name, /data-keys-on/);
        await page.keyboard.press('Space');
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'hidden' });
        for (const key of ['j', '?', '/', 'x'])
            await page.keyboard.press(key);
        assert.equal(await page.getByRole('dialog').count(), 0);
        assert.equal(await page.locator('input:checked:not([data-keys-on])').count(), 0);
        await page.reload();
        await page.keyboard.press('j');
        assert.equal(await stop(page), null);

        await press(page, page.getByRole('button', { name: 'Keyboard shortcuts' }), 'Enter');
        await page.keyboard.press('Space');
        await press(page, dialog.getByRole('button', { name: 'Close' }), 'Enter');
        await page.keyboard.press('/');
        await page.keyboard.type('jx?');
        assert.equal(await page.getByLabel('Search subjects and excerpts').inputValue(), 'jx?');
    });

test('the first stop leads past the menu to what the page is about', async ({ open }) => {
    const page = await enter(open, 'officer');
    await page.keyboard.press('Tab');
    assert.match((await stop(page)).name, /Skip to content/);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() =>
        document.querySelector('main').contains(document.activeElement)));
});

test('every stop of every page is seen, in sight, and can be left again', async ({ open }) => {
    for (const [on, paths] of [
        ['desktop', ['/', `/incident/${ids.snapchat}`, `/incident/${ids.snapchat}/case`,
            `/incident/${ids.insult}/exempt`, '/exemptions', '/rules', '/rules/insult', '/try',
            '/reports', '/governors', '/audit', '/health', '/account', '/account/codes']],
        ['phone', ['/', `/incident/${ids.snapchat}`, '/audit']],
    ]) {
        const page = await enter(open, 'head', { on, still: true });
        for (const path of paths) {
            await page.goto(path);
            const there = await walk(page, `${on} ${path}`);
            assert.ok(there > 5, path);
        }
    }
    const page = await open({ still: true });
    await page.goto('/sign-in');
    await walk(page, '/sign-in');
});

await run({ fill, accounts: ['officer', 'head'] });
