// Reviewing held mail from end to end, with a real Postfix: what is decided on the pages happens to
// the mail, and nothing else does.
import assert from 'node:assert/strict';
import { ELLIE, forSome, insult, letter, snapchat } from './mail.mjs';
import { PASSWORD, decide, decideInWords, enter, run, test, until } from './support.mjs';

const heading = (page) => page.getByRole('heading', { level: 1 });
const choices = (page) => page.locator('details.offer > summary').allTextContents();
const chips = (page) => page.locator('.incident-top .chip').allTextContents();
// The same message again, under another name.
const copy = (make, name) => {
    const one = make();
    return { ...one, name, text: one.text.replace(`<${one.name}@`, `<${name}@`) };
};

// A message without what mail servers put on top of it.
const withoutTrace = (bytes) => {
    const trace = /^(?:Received|Return-Path|Delivered-To):[^\n]*\n(?:[ \t][^\n]*\n)*/;
    while (trace.test(bytes))
        bytes = bytes.replace(trace, '');
    return bytes;
};

const state = async (service, { id }) => JSON.parse(await service.cli('show', '--json', id)).state;

const arrived = (service, { name }, to) => until(`${name} to arrive`, async () =>
    (await service.sent(`Message-Id: <${name}@`)).find(({ recipients }) =>
        recipients.join() === to.join()));

async function nothingArrived(service, { name }) {
    assert.deepEqual(await service.sent(`Message-Id: <${name}@`), []);
}

const bring = async (open, service, message, name = 'officer') => {
    const incident = await service.hold(message);
    const page = await enter(open, name);
    await page.goto(`/incident/${incident.id}`);
    return { page, incident };
};

test('what waits is found, understood, and sent on in two taps: it arrives as it was, once',
    async ({ open, service }) => {
        const message = forSome();
        const incident = await service.hold(message);
        const held = await service.cli('show', '--message', incident.id);
        await arrived(service, message, ['a.khan@kingsmead.example']);

        const page = await enter(open, 'officer');
        assert.match(await heading(page).textContent(), /^1 message is waiting$/);
        const row = page.locator('.queue-row');
        const headline = await row.getByRole('heading').textContent();
        assert.match(headline, /^A member of staff wrote to a student's .* social network\.$/);
        await row.getByRole('link').first().click();
        assert.equal(await heading(page).textContent(), headline);

        const reasons = page.locator('a.signal-number');
        assert.ok(await reasons.count() >= 2, 'there are two numbered reasons');
        for (const reason of await reasons.all()) {
            const mark = page.locator('.mail-text mark', {
                has: page.locator(await reason.getAttribute('href')),
            });
            assert.match(await mark.first().textContent(), /snapchat|add me|coachdanprice|i'm/i);
        }
        await decide(page, 'Release', 'I know about it, and it is fine to send');
        assert.deepEqual((await chips(page)).slice(0, 1), ['being sent on']);
        const got = await arrived(service, message, [ELLIE]);
        assert.equal(got.sender, message.from);
        assert.equal(withoutTrace(got.bytes), withoutTrace(held.replaceAll('\r', '')));
        await until('it to be sent on', async () => await state(service, incident) === 'released');
        assert.equal((await service.sent(`Message-Id: <${message.name}@`)).length, 2);
        await page.goto('/');
        assert.equal(await heading(page).textContent(), 'Nothing is waiting');
    });

test('what is returned comes back to its sender with the note, and goes nowhere else',
    async ({ open, service }) => {
        const message = copy(insult, 'returned');
        const { page, incident } = await bring(open, service, message);
        const note = 'Please take a walk, and write to them again tomorrow.';
        await decideInWords(page, 'Return with a note', note);
        const letters = await until('the note to arrive', async () => {
            const found = await service.sent(note.slice(0, 20));
            return found.length > 0 && found;
        });
        assert.deepEqual(letters.map(({ recipients }) => recipients), [[message.from]]);
        await until('it to be returned', async () =>
            await state(service, incident) === 'returned');
        assert.ok(!(await service.sent('')).some(({ recipients }) =>
            recipients.includes('j.ward@home.example')));
    });

test('what is passed to the head the head decides, and the officer no more',
    async ({ open, service }) => {
        const message = copy(snapchat, 'escalated');
        const { page, incident } = await bring(open, service, message);
        const csrf = await page.locator('#release input[name=csrf]').inputValue();
        await decide(page, 'Pass to the head', 'Someone may be at risk');
        await page.goto(`/incident/${incident.id}`);
        assert.ok(!(await choices(page)).includes('Release'));
        await page.getByText('This was passed to the head, who decides about it.').waitFor();
        const forced = await page.request.post(`/incident/${incident.id}/decide`, {
            form: { csrf, kind: 'release', quick: '0' } });
        assert.equal(forced.status(), 403);
        assert.match(await forced.text(), /not for you/);

        const head = await enter(open, 'head');
        const row = head.locator('.queue-row', { hasText: 'with the head' });
        await row.getByRole('link').first().click();
        assert.ok((await chips(head)).includes('with the head'));
        await nothingArrived(service, message);
        await decide(head, 'Release', 'Spoken with the sender, and it may go');
        await arrived(service, message, [ELLIE]);
    });

test('what is no breach goes on; what is kept or discarded stays', async ({ open, service }) => {
    const page = await enter(open, 'officer');
    const messages = {};
    for (const [choice, reason, then] of [
        ['Keep as a breach', 'A breach; passed to safeguarding', 'kept'],
        ['Discard', 'Junk', 'discarded'],
        ['Not a breach', 'The words mean something else here', 'released'],
    ]) {
        const message = copy(snapchat, `decided-${then}`);
        const incident = await service.hold(message);
        messages[then] = message;
        await page.goto(`/incident/${incident.id}`);
        await decide(page, choice, reason);
        await until(`it to be ${then}`, async () => await state(service, incident) === then);
    }
    await arrived(service, messages.released, [ELLIE]);
    await nothingArrived(service, messages.kept);
    await nothingArrived(service, messages.discarded);
});

test('a note and a legal hold stay with a message, and change nothing else',
    async ({ open, service }) => {
        const message = copy(snapchat, 'noted');
        const { page, incident } = await bring(open, service, message);
        await decideInWords(page, 'Add a note', 'Ellie has told her tutor.');
        await page.getByText('Your note is on record.').waitFor();
        await page.getByText('Ellie has told her tutor.').waitFor();
        await decide(page, 'Legal hold', 'Needed for an investigation');
        assert.ok((await chips(page)).includes('legal hold: nothing is deleted'));
        assert.ok((await choices(page)).includes('End the legal hold'));
        await decide(page, 'End the legal hold', 'No longer needed');
        assert.ok(!(await chips(page)).includes('legal hold: nothing is deleted'));
        assert.equal(await state(service, incident), 'held');
        await nothingArrived(service, message);
    });

test('mail is exempt within seconds of saying so, and held again when that ends',
    async ({ open, service }) => {
        const { page, incident } = await bring(open, service, copy(insult, 'first-of-many'));
        await page.getByRole('link', { name: 'Exempt mail like this from now on' }).click();
        await page.getByLabel('mail from', { exact: false }).first().check();
        await page.getByLabel('for one month').check();
        await page.getByLabel('Why').fill('They are brother and sister.');
        await page.getByRole('button', { name: 'Show what will happen' }).click();
        await page.getByText('is no longer checked by the rule').waitFor();
        await page.getByRole('button', { name: 'Exempt it' }).click();
        await page.waitForURL(/exemptions/);
        const next = async (name) => (await service.send(copy(insult, name)))?.state;
        let count = 0;
        await until('such mail to pass', async () =>
            await next(`exempt-${++count}`) !== 'held', 10);
        const passed = copy(insult, `exempt-${count}`);
        await arrived(service, passed, passed.to);

        await page.locator('summary', { hasText: 'End it' }).click();
        await page.getByLabel('Why').last().fill('They have made it up.');
        await page.getByRole('button', { name: 'End this exemption' }).click();
        await page.waitForURL(/done=ended/);
        await until('such mail to be held', async () =>
            await next(`exempt-${++count}`) === 'held', 10);
        assert.equal(await state(service, incident), 'held');
    });

test('several are decided at once, and just those', async ({ open, service }) => {
    const subjects = ['The trip', 'The concert', 'The play'];
    const all = subjects.map((subject, index) => letter({ name: `several-${index}`, to: [ELLIE],
        from: 'a.khan@kingsmead.example', subject,
        body: "Add me on Snapchat, I'm akhan99, and I'll send the photos there.\n" }));
    const incidents = [];
    for (const message of all)
        incidents.push(await service.hold(message));
    const page = await enter(open, 'officer');
    await page.goto('/?each=yes&words=akhan99');
    for (const subject of subjects.slice(0, 2))
        await page.locator('.queue-row', { hasText: subject }).getByRole('checkbox').check();
    await page.getByLabel('Reason').fill('I know about these.');
    await page.getByRole('button', { name: 'Release', exact: true }).click();
    await page.getByText('2 messages are being sent on.').waitFor();
    await arrived(service, all[0], [ELLIE]);
    await arrived(service, all[1], [ELLIE]);
    assert.equal(await state(service, incidents[2]), 'held');
    await nothingArrived(service, all[2]);
});

test('nobody finds mail of their own, and who has its number is told who decides',
    async ({ open, service, expecting }) => {
        const message = letter({ name: 'own', from: 'r.clarke@kingsmead.example', to: [ELLIE],
            subject: 'Newsletter', body: "Add me on Snapchat, I'm rclarke, and I'll say.\n" });
        const incident = await service.hold(message);
        const page = await enter(open, 'deputy');
        await page.goto('/?each=yes&state=all');
        await page.getByText('left out: it is about your own mail', { exact: false }).waitFor();
        assert.equal(await page.locator(`a[href*="${incident.id}"]`).count(), 0);
        await expecting(403, () => page.goto(`/incident/${incident.id}`));
        assert.equal(await heading(page).textContent(), 'You have a part in this one');
        assert.doesNotMatch(await page.content(), /rclarke/);
        for (const path of ['case', 'headers'])
            await expecting(403, () => page.goto(`/incident/${incident.id}/${path}`));
        const officer = await enter(open, 'officer');
        await officer.goto(`/incident/${incident.id}`);
        await officer.getByText('rclarke').first().waitFor();
    });

test('what comes in while the list is open is announced, and nothing moves',
    async ({ open, service }) => {
        const page = await open();
        await page.clock.install();
        await page.goto('/sign-in');
        await page.getByLabel('Name').fill('officer');
        await page.getByLabel('Password').fill(PASSWORD);
        const asked = page.waitForResponse(/\/live$/);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await asked;
        const news = page.locator('[data-live]');
        assert.equal(await news.textContent(), '');
        const first = page.locator('.queue-row').first();
        const before = [await first.boundingBox(), await page.locator('.queue-row').count()];
        await service.hold(copy(snapchat, 'news'));
        await until('the news', async () => {
            await page.clock.fastForward(31000);
            return await news.textContent() === '1 new: show';
        });
        assert.match(await page.title(), /^\(1\) /);
        assert.deepEqual([await first.boundingBox(), await page.locator('.queue-row').count()],
            before);
        await news.getByRole('link').click();
        await page.waitForFunction(() => !document.title.startsWith('('));
    });

test('who has signed out sees nothing by going back, and old links lead to the door',
    async ({ open, service }) => {
        const { page, incident } = await bring(open, service, copy(snapchat, 'left-behind'));
        await page.getByRole('link', { name: 'Case file for printing' }).click();
        await page.goto(`/incident/${incident.id}`);
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('heading', { name: 'Sign in' }).waitFor();
        for (let back = 0; back < 3; back++) {
            await page.goBack();
            assert.equal(new URL(page.url()).pathname, '/sign-in');
            assert.doesNotMatch(await page.content(), /coachdanprice/);
        }
        for (const path of ['/', `/incident/${incident.id}`, `/incident/${incident.id}/case`,
            '/audit', '/reports', '/rules', '/exemptions', '/health', '/live']) {
            await page.goto(path);
            assert.equal(new URL(page.url()).pathname, '/sign-in', path);
        }
    });

await run({
    postfix: true,
    settings: 'review\n    undo 1s\n',
    accounts: ['officer', 'deputy', 'head'],
});
