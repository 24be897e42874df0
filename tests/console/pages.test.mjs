// Every page, for everybody: who may open it, that nothing on it stands in anybody's way, and what
// it looks like; of a record in which nothing is, and of one with hundreds of incidents.
import assert from 'node:assert/strict';
import { DESKTOP, PHONE } from './browser.mjs';
import { heldMail, hostile, insult, snapchat } from './mail.mjs';
import { axe, enter, run, shots, test } from './support.mjs';

const ROLES = ['officer', 'head', 'postmaster', 'auditor'];
const DECIDERS = ['officer', 'head'];
const REVIEWERS = [...DECIDERS, 'postmaster'];
const RULE = 'insult-to-family';

const EVERYTHING = '/?each=yes&state=all';

// Those that there are without any mail, and those of an incident, which ID stands for.
const PAGES = {
    '/': ROLES,
    [EVERYTHING]: ROLES,
    '/exemptions': REVIEWERS,
    '/exemptions?show=ended': REVIEWERS,
    '/rules': REVIEWERS,
    [`/rules/${RULE}`]: REVIEWERS,
    '/try': REVIEWERS,
    '/reports': ROLES,
    '/governors': ROLES,
    '/audit': [...DECIDERS, 'auditor'],
    '/health': ROLES,
    '/account': ROLES,
    '/account/codes': ROLES,
};
const INCIDENT_PAGES = {
    '/incident/ID': REVIEWERS,
    '/incident/ID/case': REVIEWERS,
    '/incident/ID/headers': DECIDERS,
    '/incident/ID/attachment/1': DECIDERS,
    '/incident/ID/exempt': DECIDERS,
};
const MENU = ['/', '/exemptions', '/reports', '/rules', '/try', '/audit', '/health'];
const FILES = { '/live': REVIEWERS, '/reports.csv': ROLES, '/audit.csv': ['head', 'auditor'] };
const POSTS = {
    '/decide': DECIDERS,
    '/undo': DECIDERS,
    '/incident/ID/reveal': REVIEWERS,
    '/incident/ID/decide': DECIDERS,
    '/incident/ID/attachment/1': DECIDERS,
    '/incident/ID/exempt': DECIDERS,
    '/try': REVIEWERS,
    '/exemptions/1/agree': DECIDERS,
    '/exemptions/1/end': DECIDERS,
    '/audit/verify': [...DECIDERS, 'auditor'],
};

const SAY_THAT_NOTHING_IS = ['/', '/exemptions', '/reports', '/governors'];

let id; // of the incident that the pages are about
const filled = (path) => path.replace('ID', id);
const nameOf = (path) => path.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '') || 'start';

const isWide = (page) => page.evaluate(() =>
    document.documentElement.scrollWidth > document.documentElement.clientWidth);

const headings = (page) => page.locator('main').evaluate((main) =>
    [...main.querySelectorAll('h1, h2, h3, h4, h5, h6')]
        .filter((heading) => !heading.closest('dialog')).map(({ localName }) => +localName[1]));

async function isWellBuilt(page, what) {
    const levels = await headings(page);
    assert.equal(levels.filter((level) => level === 1).length, 1, `${what} has one main heading`);
    levels.forEach((level, index) =>
        assert.ok(level <= (levels[index - 1] ?? 0) + 1, `${what}: headings ${levels}`));
    assert.match(await page.title(), /^.+ · schoolgate$/);
}

const LOOKS = [[PHONE, 'dark'], [DESKTOP, 'light']];

async function hasNoBarriers(page, what, looks = LOOKS) {
    await isWellBuilt(page, what);
    await page.locator('main details:not([name])').evaluateAll((all) =>
        all.forEach((one) => { one.open = true; }));
    for (const [size, colorScheme] of looks) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await axe(page), [], `${what}, ${size.width} wide, ${colorScheme}`);
        assert.equal(await isWide(page), false, `${what} is wider than ${size.width}`);
    }
    await page.setViewportSize(DESKTOP);
    await page.emulateMedia({ colorScheme: 'light' });
}

test('of an empty record every page is there, says so, and stands in nobody\'s way',
    async ({ open }) => {
        for (const name of ROLES) {
            const page = await enter(open, name, { still: true });
            for (const [path, may] of Object.entries(PAGES)) {
                if (!may.includes(name))
                    continue;
                await page.goto(path);
                assert.doesNotMatch(await page.locator('main').textContent(),
                    /\{\d\}|\(null\)|NaN/, path);
                if (name === 'officer') {
                    await hasNoBarriers(page, path, LOOKS.slice(0, 1));
                    if (SAY_THAT_NOTHING_IS.includes(path))
                        await shots(page, `empty-${nameOf(path)}`);
                }
            }
        }
    });

test('two hundred messages are held, and some are decided about', async ({ service }) => {
    await service.flood(snapchat(), 100);
    await service.flood(insult(), 100);
    for (const message of heldMail.filter((one) => ![snapchat, insult].includes(one))) {
        const incident = await service.hold(message());
        if (message === hostile)
            id = incident.id;
    }
    const listed = (await service.cli('incidents', '--json')).trim().split('\n');
    const all = listed.map((one) => JSON.parse(one));
    assert.ok(all.length > 200);
    for (const [index, verb] of ['release', 'keep', 'discard', 'not-a-breach'].entries())
        await service.cli(verb, all[index].id, '--reason', 'Seen');
});

const ALL_PAGES = Object.entries({ ...PAGES, ...INCIDENT_PAGES });
const pagesOf = (name) => ALL_PAGES.filter(([, may]) => may.includes(name)).map(([path]) => path);

// In both looks and in pictures, which takes its time: a test for each page.
for (const path of pagesOf('officer'))
    test(`${path} stands in no officer's way`, async ({ open }) => {
        const page = await enter(open, 'officer', { still: true });
        await page.goto(filled(path));
        await hasNoBarriers(page, path);
        if (path !== EVERYTHING)
            await shots(page, `officer-${nameOf(path)}`);
    });

for (const name of ROLES.filter((one) => one !== 'officer'))
    test(`whatever the ${name} may open stands in nobody's way`, async ({ open }) => {
        const page = await enter(open, name, { still: true });
        for (const path of pagesOf(name)) {
            await page.goto(filled(path));
            await hasNoBarriers(page, path, LOOKS.slice(0, 1));
        }
    });

test('what is not for somebody is refused in words', async ({ open, expecting }) => {
    for (const name of ROLES) {
        const page = await enter(open, name);
        for (const [path, may] of Object.entries({ ...PAGES, ...INCIDENT_PAGES, ...FILES })) {
            const answer = await page.request.get(filled(path));
            assert.equal(answer.status(), may.includes(name) ? 200 : 403, `${name}: ${path}`);
            assert.equal(answer.headers()['cache-control'], 'no-store', path);
        }
        const menu = await page.locator('.nav-list a').evaluateAll((all) =>
            all.map((link) => link.getAttribute('href')));
        assert.deepEqual(menu, MENU.filter((path) =>
            PAGES[path].includes(name) && !(path === '/' && name === 'auditor')));
        for (const path of menu) {
            await page.goto(path);
            assert.equal(new URL(page.url()).pathname, path, `${name} is led elsewhere`);
            assert.equal(await page.locator('.nav-list a[aria-current=page]')
                .getAttribute('href'), path);
        }
    }
    const page = await enter(open, 'auditor', { still: true });
    await expecting(403, () => page.goto(filled('/incident/ID')));
    await hasNoBarriers(page, 'refused');
    await shots(page, 'refused');
    await expecting(404, () => page.goto('/no-such-page'));
    await hasNoBarriers(page, 'not found');
    await shots(page, 'not-found');
});

test('nobody does what is not theirs, or what another page asks for', async ({ open, service }) => {
    const before = await service.cli('show', '--json', id);
    for (const name of ROLES) {
        const page = await enter(open, name);
        const csrf = await page.locator('input[name=csrf]').first().inputValue();
        for (const [path, may] of Object.entries(POSTS)) {
            const form = { kind: 'discard', quick: '0', id, decision: 'discard', reason: 'x' };
            const send = (more) => page.request.post(filled(path), {
                form: { ...form, ...more }, maxRedirects: 0 });
            assert.equal((await send({})).status(), 403, `${name}: ${path} without a token`);
            assert.equal((await send({ csrf: csrf.replace(/./g, 'A') })).status(), 403);
            if (!may.includes(name))
                assert.equal((await send({ csrf })).status(), 403, `${name}: ${path}`);
        }
    }
    const state = (shown) => JSON.parse(shown).state;
    assert.equal(state(await service.cli('show', '--json', id)), state(before));
});

test('without signing in there is nothing but the door', async ({ open }) => {
    const page = await open();
    for (const path of Object.keys({ ...PAGES, ...INCIDENT_PAGES, ...FILES })) {
        const answer = await page.request.get(filled(path), { maxRedirects: 0 });
        assert.equal(answer.status(), 303, path);
        assert.match(answer.headers().location, /^\/sign-in/, path);
    }
    for (const path of Object.keys(POSTS)) {
        const answer = await page.request.post(filled(path), { form: { id }, maxRedirects: 0 });
        assert.ok([303, 403].includes(answer.status()), path);
    }
});

await run({ accounts: ROLES });
