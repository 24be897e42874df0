// A scratch schoolgate with its pages, alone or with a private Postfix around it. All of it is kept
// by the script `host`, which takes it down when this process is gone, however it went.
import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';

const host = fileURLToPath(new URL('host', import.meta.url));

export const PASSWORD = 'a long walk by the sea';

// Where everything is, which the keeper says first; it fails when that says nothing.
async function whereabouts(keeper, gone) {
    const lines = createInterface({ input: keeper.stdout });
    const line = await Promise.race([
        new Promise((resolve) => lines.once('line', resolve)),
        gone.then(() => null),
    ]);
    if (line === null)
        throw new Error('schoolgate did not start; see above');
    return JSON.parse(line);
}

// What the script `host` prints, given those; it fails when the script does.
function ask(args, input = '') {
    return new Promise((resolve, reject) => {
        const asked = execFile(host, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
            if (error)
                reject(new Error(`host ${args.join(' ')}: ${error.message}\n${stderr}`));
            else
                resolve(stdout);
        });
        asked.stdin.end(input);
    });
}

// Waits for what `condition` returns to be something, and returns that.
export async function until(what, condition, seconds = 30) {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
        const got = await condition();
        if (got)
            return got;
        if (Date.now() > deadline)
            throw new Error(`waited in vain for ${what}`);
        await pause(50);
    }
}

class Service {
    constructor(place, keeper, gone) {
        this.folder = place.folder;
        this.origin = `http://127.0.0.1:${place.port}`;
        this.metrics = `http://127.0.0.1:${place.metrics}`;
        this.keeper = keeper;
        this.gone = gone;
    }

    // An account for a reviewer of that name in schoolgate.conf.
    async join(account, password = PASSWORD) {
        await ask(['join', this.folder, account], `${password}\n`);
    }

    // Sends a message of mail.mjs. Returns its incident as `schoolgate show --json` has it; null
    // for none.
    async send({ name, from, to, text }) {
        const file = `${this.folder}/${name}.eml`;
        await writeFile(file, text);
        const shown = await ask(['post', this.folder, name, from, to.join(','), file]);
        return shown === '' ? null : JSON.parse(shown);
    }

    // The same, of a message that must be held.
    async hold(message) {
        const incident = await this.send(message);
        if (incident?.state !== 'held')
            throw new Error(`'${message.name}' was to be held: ${JSON.stringify(incident)}`);
        return incident;
    }

    // Sends it so many times, not by way of Postfix.
    async flood({ name, from, to, text }, times) {
        const file = `${this.folder}/${name}.eml`;
        await writeFile(file, text);
        await ask(['flood', this.folder, from, to.join(','), file, `${times}`]);
    }

    // What has left Postfix and has `text` in it: objects with `sender`, `recipients` and `bytes`.
    async sent(text) {
        const outside = `${this.folder}/outside`;
        const index = await readFile(`${outside}/index`, 'latin1');
        const all = index.split('\n').filter(Boolean).map(async (line) => {
            const [number, sender, ...recipients] = line.split('\t');
            const bytes = await readFile(`${outside}/${number}.eml`, 'latin1').catch(() => '');
            return { sender, recipients: recipients.sort(), bytes };
        });
        return (await Promise.all(all)).filter(({ bytes }) => bytes.includes(text));
    }

    // What schoolgate's command line prints.
    cli(verb, ...args) {
        return ask(['cli', this.folder, verb, ...args]);
    }

    // Fails when schoolgated did not stop in order, or has logged what it never may.
    async end() {
        this.keeper.stdin.end();
        const status = await this.gone;
        if (status !== 0)
            throw new Error(`schoolgated did not end well (${status}); see above`);
    }
}

// Starts it, with an account for each of `accounts`, and `settings` added to its configuration.
export async function startService({ postfix = false, settings = '', accounts = [] } = {}) {
    const keeper = spawn(host, ['keep', postfix ? 'postfix' : 'alone', settings], {
        stdio: ['pipe', 'pipe', 'inherit'],
        detached: true, // so that an interrupt at the terminal leaves it to tidy up
    });
    const gone = new Promise((resolve) => {
        keeper.once('error', (error) => resolve(error.message));
        keeper.once('exit', (code, signal) => resolve(code ?? signal));
    });
    const service = new Service(await whereabouts(keeper, gone), keeper, gone);
    try {
        for (const account of accounts)
            await service.join(account);
    } catch (error) {
        await service.end();
        throw error;
    }
    return service;
}
