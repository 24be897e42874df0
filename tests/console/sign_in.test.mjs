// The door: who knows the password comes in, nobody else does, and who leaves is out.
import assert from 'node:assert/strict';
import { PASSWORD, axe, run, shots, signIn, tabTo, test } from './support.mjs';

const alert = (page) => page.getByRole('alert');
const heading = (page) => page.getByRole('heading', { level: 1 });

test('nobody sees a page without signing in', async ({ open }) => {
    const page = await open();
    await page.goto('/');
    assert.equal(new URL(page.url()).pathname, '/sign-in');
    assert.equal(await heading(page).textContent(), 'Sign in');
});

test('the page to sign in has no barriers, large or small, light or dark', async ({ open }) => {
    for (const on of ['desktop', 'phone'])
        for (const dark of [false, true]) {
            const page = await open({ on, dark });
            await page.goto('/sign-in');
            assert.deepEqual(await axe(page), []);
        }
});

test('a wrong password and an unknown name are told the same', async ({ open, expecting }) => {
    const page = await open();
    const words = [];
    for (const name of ['officer', 'nobody']) {
        await page.goto('/sign-in');
        await expecting(403, () => signIn(page, name, 'not the password'));
        words.push(await alert(page).textContent());
        assert.deepEqual(await axe(page), []);
    }
    assert.equal(words[0], words[1]);
    assert.notEqual(words[0].trim(), '');
    await shots(page, 'sign-in-refused');
});

test('the right password leads in, and signing out leads out', async ({ open, service }) => {
    const page = await open();
    await page.goto('/sign-in');
    await signIn(page, 'officer');
    assert.equal(page.url(), `${service.origin}/`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    assert.equal(await heading(page).textContent(), 'Sign in');
    await page.goBack();
    await page.goto('/');
    assert.equal(new URL(page.url()).pathname, '/sign-in');
});

test('one can sign in with the keyboard alone', async ({ open, service }) => {
    const page = await open();
    await page.goto('/sign-in');
    await tabTo(page, page.getByLabel('Name'));
    await page.keyboard.type('officer');
    await tabTo(page, page.getByLabel('Password'));
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${service.origin}/`);
});

test('one can sign in on a phone without scripts', async ({ open, service }) => {
    const page = await open({ on: 'phone', script: false });
    await page.goto('/sign-in');
    await signIn(page, 'officer');
    assert.equal(page.url(), `${service.origin}/`);
});

await run({ accounts: ['officer'] });
