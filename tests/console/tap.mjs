// Tests one after another, reported as TAP for prove: flat, the same with every version of Node.js,
// and never silent. A file that crashes, hangs or has no test fails.
import { inspect } from 'node:util';

const tests = [];
let reported = 0;
let failures = 0;

// Adds a test. `act` is given what the file's `start` returns.
export function test(name, act) {
    tests.push({ name, act });
}

// What `promise` comes to, which must be known within that time.
export async function within(seconds, what, promise) {
    let timer;
    const late = new Promise((_, reject) => {
        const error = new Error(`${what} takes more than ${seconds} seconds`);
        timer = setTimeout(reject, seconds * 1000, error);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}

// On standard error, as prove keeps the rest to itself.
function explain(name, error) {
    const text = error instanceof Error ? error.stack : inspect(error);
    process.stderr.write(`${process.argv[1]}: ${name}\n${text}\n`.replace(/^(?=.)/gm, '# '));
}

async function report(name, act) {
    let verdict = 'ok';
    try {
        await act();
    } catch (error) {
        verdict = 'not ok';
        failures++;
        explain(name, error);
    }
    process.stdout.write(`${verdict} ${++reported} - ${name.replaceAll('#', '\\#')}\n`);
}

// Runs the tests of this file and ends the process. `start` makes what they share, and `end` takes
// it down, whatever has happened. No test takes more than `each` seconds, and none begins when
// `all` have passed; those are also what starting and ending may take.
export async function run({ start = () => {}, end = () => {}, each = 60, all = 300 } = {}) {
    const deadline = Date.now() + all * 1000;
    let shared;
    await report('what the tests share is there', async () => {
        if (tests.length === 0)
            throw new Error('there is no test in this file');
        shared = await within(all, 'starting', Promise.resolve(start()));
    });
    if (failures === 0)
        for (const { name, act } of tests)
            await report(name, () => {
                if (Date.now() > deadline)
                    throw new Error(`the tests before have taken more than ${all} seconds`);
                return within(each, 'this test', Promise.resolve(act(shared)));
            });
    await report('all that was started has ended', () =>
        within(all, 'ending', Promise.resolve(end(shared))));
    process.stdout.write(`1..${reported}\n`);
    process.exit(failures > 0 ? 1 : 0);
}
