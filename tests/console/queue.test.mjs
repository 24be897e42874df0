// What waits: found, read and decided about, on a phone and by keyboard, with and without scripts.
import assert from 'node:assert/strict';
import { heldMail, letter } from './mail.mjs';
import { axe, run, shots, signIn, tabTo, test, until } from './support.mjs';

const heading = (page) => page.getByRole('heading', { level: 1 }).textContent();
const boxes = (page) => page.locator('.queue-pick input');
const links = (page) => page.locator('.queue-headline a');
const notice = (page) => page.locator('.notice');

async function enter(open, { as = 'officer', at = '/', ...how } = {}) {
    const page = await open(how);
    await page.goto('/sign-in');
    await signIn(page, as);
    await page.waitForURL((url) => url.pathname === '/');
    if (at !== '/')
        await page.goto(at);
    return page;
}

const isWide = (page) => page.evaluate(() =>
    document.documentElement.scrollWidth > document.documentElement.clientWidth);

test('the list has no barriers, and needs no scrolling sideways', async ({ open }) => {
    for (const on of ['desktop', 'phone'])
        for (const dark of [false, true]) {
            const page = await enter(open, { on, dark });
            await page.getByText('Search and filter').click();
            assert.deepEqual(await axe(page), []);
            assert.equal(await isWide(page), false);
            await page.goto('/?severity=critical&state=all&words=photos');
            assert.deepEqual(await axe(page), []);
            await page.goto('/?severity=critical&state=kept');
            assert.deepEqual(await axe(page), []);
            assert.equal(await isWide(page), false);
        }
    await shots(await enter(open), 'queue');
});

test('what is most urgent comes first, and no name is shown unasked', async ({ open }) => {
    const page = await enter(open);
    const chips = await page.locator('.queue-row .chip:first-child').allTextContents();
    assert.equal(chips[0], 'critical');
    assert.equal(chips.at(-1), 'high');
    assert.doesNotMatch(await page.content(), /post\.example|d\.price/);
    await page.getByRole('link', { name: 'Show names' }).click();
    assert.match(await page.content(), /ellie\.ward@post\.example/);
});

test('a subject that tries to act does nothing', async ({ open }) => {
    const page = await enter(open);
    assert.equal(await page.locator('.queue img').count(), 0);
    await page.getByText('<img src=x onerror=alert(1)> "quoted"').waitFor();
});

test('several are decided at once without a script, and taken back', async ({ open }) => {
    const page = await enter(open, { on: 'phone', script: false });
    const before = await heading(page);
    await boxes(page).nth(0).check();
    await boxes(page).nth(1).check();
    await page.getByLabel('Reason').fill('School business');
    await page.getByRole('button', { name: 'Keep as a breach' }).click();
    assert.match(await notice(page).textContent(), /2 messages are kept as breaches\./);
    assert.deepEqual(await axe(page), []);
    await page.getByRole('button', { name: 'Undo' }).click();
    assert.match(await notice(page).textContent(), /2 decisions were taken back\./);
    assert.equal(await heading(page), before);
});

test('filters are kept after a decision', async ({ open }) => {
    const page = await enter(open, { at: '/?severity=high&words=photos' });
    await boxes(page).first().check();
    await page.getByLabel('Reason').fill('Seen');
    await page.getByRole('button', { name: 'Keep as a breach' }).click();
    assert.match(page.url(), /\?severity=high&words=photos&notice=/);
    await page.getByRole('button', { name: 'Undo' }).click();
    assert.match(page.url(), /\?severity=high&words=photos&notice=/);
});

test('what was ticked is not hidden by what can be done about it', async ({ open }) => {
    for (const on of ['desktop', 'phone']) {
        const page = await enter(open, { on });
        await boxes(page).first().check();
        const box = await boxes(page).first().boundingBox();
        const bar = await page.locator(on === 'phone' ? '.queue-jump' : '.queue-bar').boundingBox();
        assert.ok(box.y + box.height <= bar.y, `${on}: ${box.y} is under ${bar.y}`);
        await page.locator('.queue-chosen').filter({ hasText: '1 message', visible: true })
            .first().waitFor();
    }
});

test('all of a page is selected with one button, and none with the next press', async ({ open }) => {
    const page = await enter(open);
    const checked = () => boxes(page).evaluateAll((all) => all.filter((box) => box.checked).length);
    await page.getByRole('button', { name: 'Select all on this page' }).click();
    assert.equal(await checked(), await boxes(page).count());
    await page.getByRole('button', { name: 'Select all on this page' }).click();
    assert.equal(await checked(), 0);
});

test('keys move, select, search and open; none is taken from who types', async ({ open }) => {
    const page = await enter(open);
    const focused = (target) => target.evaluate((element) => element === document.activeElement);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    assert.ok(await focused(links(page).nth(1)));
    await page.keyboard.press('x');
    assert.ok(await boxes(page).nth(1).isChecked());
    await page.keyboard.press('k');
    assert.ok(await focused(links(page).nth(0)));
    await page.keyboard.press('/');
    await page.keyboard.type('jxk?/');
    assert.equal(await page.getByLabel('Search subjects and excerpts').inputValue(), 'jxk?/');
    assert.equal(await page.getByRole('dialog').count(), 0);
});

test('keys can be turned off, and stay so', async ({ open }) => {
    const page = await enter(open);
    await page.keyboard.press('?');
    assert.deepEqual(await axe(page), []);
    await page.getByLabel('Use these keys').uncheck();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    for (const again of [false, true]) {
        if (again)
            await page.reload();
        await page.keyboard.press('j');
        assert.equal(await page.evaluate(() => document.activeElement.tagName), 'BODY');
    }
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await page.getByRole('dialog').getByLabel('Use these keys').check();
});

test('one can decide with the keyboard alone', async ({ open }) => {
    const page = await enter(open);
    await tabTo(page, boxes(page).first());
    await page.keyboard.press('Space');
    await tabTo(page, page.getByLabel('Reason'));
    await page.keyboard.type('Seen');
    await tabTo(page, page.getByRole('button', { name: 'Keep as a breach' }));
    await page.keyboard.press('Enter');
    await notice(page).getByRole('button', { name: 'Undo' }).click();
    assert.match(await notice(page).textContent(), /1 decision was taken back\./);
});

test('what is new is told without moving what is read', async ({ open, service }) => {
    const page = await open();
    await page.clock.install();
    await page.goto('/sign-in');
    const first = page.waitForResponse('**/live');
    await signIn(page, 'officer');
    await first;
    const before = await heading(page);
    await service.hold(letter({ name: 'later', to: ['ellie.ward@post.example'],
        subject: 'Training', body: "Add me on Snapchat, I'm coachdanprice.\n" }));
    const news = page.getByRole('link', { name: '1 new: show' });
    await until('the news', async () => {
        await page.clock.runFor(31000);
        return await news.count() > 0;
    });
    assert.equal(await heading(page), before);
    assert.match(await page.title(), /^\(1\) /);
    await news.click();
    await page.waitForFunction((text) => document.querySelector('h1').textContent !== text, before);
});

test('nobody is asked for who has gone away', async ({ open }) => {
    const page = await open();
    await page.clock.install();
    let asked = 0;
    page.on('request', (request) => { asked += request.url().endsWith('/live') ? 1 : 0; });
    await page.goto('/sign-in');
    const first = page.waitForResponse('**/live');
    await signIn(page, 'officer');
    await first;
    await page.clock.runFor(20 * 60 * 1000);
    const soon = asked;
    assert.ok(soon <= 11, `${soon} times`);
    await page.clock.runFor(60 * 60 * 1000);
    assert.equal(asked, soon);
});

test('nothing is asked any more once one has signed out in another tab', async ({ open }) => {
    const page = await open();
    await page.clock.install();
    let asked = 0;
    page.on('request', (request) => { asked += request.url().endsWith('/live') ? 1 : 0; });
    await page.goto('/sign-in');
    const first = page.waitForResponse('**/live');
    await signIn(page, 'officer');
    await first;
    const other = await page.context().newPage();
    await other.goto('/');
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.close();
    const last = page.waitForResponse('**/live');
    await page.clock.runFor(31000);
    assert.equal((await last).status(), 303);
    const then = asked;
    await page.clock.runFor(4 * 60 * 1000);
    assert.equal(asked, then);
});

test('a postmaster sees no subject, and no buttons', async ({ open }) => {
    const page = await enter(open, { as: 'postmaster' });
    assert.doesNotMatch(await page.content(), /Photos of the match/);
    assert.equal(await boxes(page).count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Release' }).count(), 0);
    assert.deepEqual(await axe(page), []);
});

await run({
    accounts: ['officer', 'postmaster'],
    fill: async (service) => {
        for (const held of heldMail)
            await service.hold(held());
    },
});
