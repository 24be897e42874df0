// Where critical mail takes two people, and a decision can be taken back: with a real Postfix,
// which is to send nothing before both have decided and the time to undo is over.
import assert from 'node:assert/strict';
import { snapchat } from './mail.mjs';
import { decide, enter, run, test } from './support.mjs';

const REASON = 'Spoken with the sender, and it may go';
const named = (name) => {
    const message = snapchat();
    return { ...message, name, text: message.text.replace('<snapchat@', `<${name}@`) };
};
const shown = async (service, { id }) => JSON.parse(await service.cli('show', '--json', id));
const choose = (page) => page.locator('details.offer > summary').allTextContents();

async function nothingLeft(service, message) {
    assert.deepEqual(await service.sent(`Message-Id: <${message.name}@`), []);
}

const bring = async (open, service, message) => {
    const incident = await service.hold(message);
    const page = await enter(open, 'officer');
    await page.goto(`/incident/${incident.id}`);
    return { page, incident };
};

test('one alone lets nothing critical go; a second who agrees does, and it can be undone',
    async ({ open, service }) => {
        const message = named('agreed');
        const { page, incident } = await bring(open, service, message);
        await page.getByText('it takes two people', { exact: false }).waitFor();
        await decide(page, 'Release', REASON);
        await page.getByText('You have decided: Release.', { exact: false }).waitFor();
        assert.equal(await page.getByRole('button', { name: 'I decide the same' }).count(), 0);
        assert.equal((await shown(service, incident)).state, 'held');

        const head = await enter(open, 'head');
        const row = head.locator('.queue-row', { hasText: 'officer wants to release it' });
        await row.getByRole('link').first().click();
        await head.getByText(REASON).first().waitFor();
        await head.getByRole('button', { name: 'I decide the same' }).click();
        await head.waitForURL(/done=release/);
        assert.equal((await shown(service, incident)).state, 'releasing');
        await head.getByText(/Until \d\d:\d\d you can undo that\./).waitFor();
        await head.getByRole('button', { name: 'Undo' }).click();
        await head.getByText('Taken back: all is as it was before.').waitFor();
        assert.equal((await shown(service, incident)).state, 'held');
        await nothingLeft(service, message);
    });

test('the same person cannot be the second one', async ({ open, service }) => {
    const message = named('alone');
    const { page, incident } = await bring(open, service, message);
    await decide(page, 'Discard', 'Junk');
    const csrf = await page.locator('form[action$="/sign-out"] input[name=csrf]').inputValue();
    await page.request.post(`/incident/${incident.id}/decide`, {
        form: { csrf, kind: 'discard', quick: '0' } });
    assert.equal((await shown(service, incident)).state, 'held');
});

test('what was proposed can be taken back by who did, and then there is nothing to agree to',
    async ({ open, service }) => {
        const { page, incident } = await bring(open, service, named('withdrawn'));
        await decide(page, 'Release', REASON);
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.waitForURL(/done=undo/);
        const head = await enter(open, 'head');
        await head.goto(`/incident/${incident.id}`);
        assert.equal(await head.getByRole('button', { name: 'I decide the same' }).count(), 0);
        assert.ok((await choose(head)).includes('Release'));
    });

test('what one alone may do is done at once: to keep it', async ({ open, service }) => {
    const { page, incident } = await bring(open, service, named('kept'));
    await decide(page, 'Keep as a breach', 'A breach; passed to safeguarding');
    assert.equal((await shown(service, incident)).state, 'kept');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.waitForURL(/done=undo/);
    assert.equal((await shown(service, incident)).state, 'held');
});

test('several are proposed on the list, agreed to there, and taken back there',
    async ({ open, service }) => {
        const message = named('listed');
        const incident = await service.hold(message);
        const pick = async (page) => {
            await page.goto('/?each=yes');
            await page.locator('.queue-row', { has: page.locator(`a[href*="${incident.id}"]`) })
                .getByRole('checkbox').check();
            await page.getByLabel('Reason').fill(REASON);
            await page.getByRole('button', { name: 'Release', exact: true }).click();
            await page.locator('.notice').waitFor();
        };
        const officer = await enter(open, 'officer');
        await pick(officer);
        assert.match(await officer.locator('.notice').textContent(),
            /1 is critical, and waits for a second person to decide the same/);
        const head = await enter(open, 'head');
        await pick(head);
        assert.match(await head.locator('.notice').textContent(), /1 message is being sent on/);
        assert.equal((await shown(service, incident)).state, 'releasing');
        await head.getByRole('button', { name: 'Undo' }).click();
        await head.getByText('1 decision was taken back.').waitFor();
        assert.equal((await shown(service, incident)).state, 'held');
        await nothingLeft(service, message);
    });

await run({
    postfix: true,
    settings: 'review\n    undo 1h\n    critical-needs two\n',
    accounts: ['officer', 'head'],
});
