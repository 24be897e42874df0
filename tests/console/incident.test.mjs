// The page of one incident: understood, decided in two taps, and safe to look at.
import assert from 'node:assert/strict';
import { forSome, hostile, insult, snapchat } from './mail.mjs';
import { axe, run, shots, signIn, test } from './support.mjs';

const held = {};

async function enter(open, { as = 'officer', what, more = '', ...how }) {
    const page = await open(how);
    await page.goto('/sign-in');
    await signIn(page, as);
    await page.waitForURL((url) => url.pathname === '/');
    await page.goto(`/incident/${held[what]}${more}`);
    return page;
}

const state = (page) => page.locator('.incident-top .chip').first().textContent();
const isWide = (page) => page.evaluate(() =>
    document.documentElement.scrollWidth > document.documentElement.clientWidth);
const openAll = (page) => page.locator('main details').evaluateAll((all) => all.forEach((one) => {
    one.removeAttribute('name'); // else only one of a group stays open
    one.open = true;
}));

test('it has no barriers, and needs no scrolling sideways', async ({ open }) => {
    for (const on of ['desktop', 'phone'])
        for (const dark of [false, true])
            for (const more of ['', '/case', '/headers', '/attachment/1']) {
                const page = await enter(open, { on, dark, what: 'hostile', more });
                await openAll(page);
                assert.deepEqual(await axe(page), []);
                assert.equal(await isWide(page), false);
            }
    await shots(await enter(open, { what: 'snapchat' }), 'incident');
});

test('two taps on a phone decide without a script, a third takes it back', async ({ open }) => {
    const page = await enter(open, { on: 'phone', script: false, what: 'snapchat' });
    assert.equal(await state(page), 'waiting');
    await page.locator('#return > summary').tap();
    await page.locator('#return .quick button').first().tap();
    await page.waitForURL(/done=return/);
    assert.equal(await state(page), 'going back to the sender');
    await page.getByRole('link', { name: 'Next waiting' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).tap();
    await page.waitForURL(/done=undo/);
    assert.equal(await state(page), 'waiting');
});

test('what was seen is told in words, and leads to the rule; paper has its name', async ({ open }) => {
    const page = await enter(open, { what: 'snapchat' });
    const what = 'Its text asks to be added or followed';
    assert.equal(await page.locator('#signal-1 strong').textContent(), what);
    await page.getByRole('link', { name: 'Case file for printing' }).click();
    await page.getByText(`${what} (add-me)`).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Contact on a social network' }).click();
    await page.getByRole('heading', { level: 1, name: 'Contact on a social network' }).waitFor();
    await page.getByRole('listitem').filter({ hasText: what }).waitFor();
});

test('a number in the list leads to its place in the text, and back', async ({ open }) => {
    const page = await enter(open, { what: 'insult' });
    await page.locator('.signal-number').first().click();
    await page.waitForURL(/#mark-1$/);
    await page.locator('#mark-1').click();
    await page.waitForURL(/#signal-1$/);
});

test('names are shown when they are asked for', async ({ open }) => {
    const page = await enter(open, { what: 'forSome' });
    assert.doesNotMatch(await page.content(), /post\.example/);
    await page.getByRole('button', { name: 'Show names' }).click();
    await page.waitForURL(/names=1/);
    assert.match(await page.content(), /ellie\.ward@post\.example/);
});

// That nothing was asked of another host, and nothing ran, every test makes sure of.
test('a message that tries to act is only text', async ({ open }) => {
    const page = await enter(open, { what: 'hostile' });
    assert.equal(await page.locator('main :is(img, iframe, style, script)').count(), 0);
    const theirs = 'main form[action*="thief"], main a[href*="javascript"]';
    assert.equal(await page.locator(theirs).count(), 0);
    await page.getByText('<img src=x onerror=alert(1)> "quoted"').first().waitFor();
});

await run({
    accounts: ['officer'],
    fill: async (service) => {
        for (const [name, message] of Object.entries({ snapchat, forSome, insult, hostile }))
            held[name] = (await service.hold(message())).id;
    },
});
