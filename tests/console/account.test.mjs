// One's own account: what it shows on a phone and on a desk, and changing a password there.
import assert from 'node:assert/strict';
import { PASSWORD, axe, run, shots, signIn, test } from './support.mjs';

const heading = (page) => page.getByRole('heading', { level: 1 });
const NEW = 'eleven blue buckets';

async function account(open, how) {
    const page = await open(how);
    await page.goto('/sign-in?next=/account');
    await signIn(page, 'officer');
    assert.equal(await heading(page).textContent(), 'Your account');
    return page;
}

test('whoever signs in lands where they wanted to go, and is told who they are', async ({ open }) => {
    const page = await account(open);
    assert.match(await page.locator('main').textContent(), /online safety officer/);
    await shots(page, 'account');
});

test('the pages have no barriers, large or small, light or dark', async ({ open }) => {
    for (const on of ['desktop', 'phone'])
        for (const dark of [false, true]) {
            const page = await account(open, { on, dark });
            assert.deepEqual(await axe(page), []);
            await page.getByRole('link', { name: 'Set up codes' }).click();
            assert.equal(await heading(page).textContent(), 'Codes from your phone');
            assert.deepEqual(await axe(page), []);
            assert.equal(await page.evaluate(() =>
                document.documentElement.scrollWidth > document.documentElement.clientWidth), false);
        }
});

test('a key is shown in groups of four', async ({ open }) => {
    const page = await account(open);
    await page.getByRole('link', { name: 'Set up codes' }).click();
    assert.match(await page.locator('code').first().textContent(), /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
    await shots(page, 'account-codes');
});

test('a wrong old password changes nothing; the right one signs out, and the new one in', async ({
    open, expecting, service,
}) => {
    const page = await account(open);
    const change = async (old) => {
        await page.getByLabel('Password you have now').fill(old);
        await page.getByLabel('New password', { exact: true }).fill(NEW);
        await page.getByLabel('New password, once more').fill(NEW);
        await page.getByRole('button', { name: 'Change password' }).click();
    };
    await expecting(403, () => change('not the password'));
    assert.match(await page.getByRole('alert').textContent(), /Nothing was changed/);
    await change(PASSWORD);
    assert.match(await page.getByRole('status').textContent(), /Your password is changed/);
    await signIn(page, 'officer', NEW);
    assert.equal(page.url(), `${service.origin}/`);
});

await run({ accounts: ['officer'] });
