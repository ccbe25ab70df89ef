/*
 * Runs a suite in this very process, and says what it left behind: node check-suite.mjs SUITE SERVER. With --count in
 * place of the suite it only says how many users have a binding.
 */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync } from 'node:fs';
import { checkSuite } from '../../build/usecase/check.js';

const [path, server] = process.argv.slice(2);

function descriptors() {
	return readdirSync('/proc/self/fd').length;
}

function memory() {
	globalThis.gc?.();
	return process.memoryUsage().heapUsed / 1_000_000;
}

/** The users that the registrar has a binding of, by its own word. */
async function registeredUsers() {
	const socket = createSocket('udp4');
	const answer = new Promise((resolve, reject) => {
		const limit = setTimeout(() => reject(new Error('no answer to OPTIONS')), 60_000);
		socket.on('message', (bytes) => {
			clearTimeout(limit);
			resolve(Number(/X-Registered-Users: (\d+)/.exec(bytes.toString())?.[1]));
		});
	});
	await new Promise((resolve) => socket.bind(0, resolve));
	const lines = [
		`OPTIONS sip:${server} SIP/2.0`,
		`Via: SIP/2.0/UDP 192.0.2.9:9;branch=z9hG4bK${randomBytes(6).toString('hex')};rport`,
		'Max-Forwards: 70',
		`From: <sip:lab@${server}>;tag=a`,
		`To: <sip:${server}>`,
		`Call-ID: ${randomBytes(6).toString('hex')}`,
		'CSeq: 1 OPTIONS',
		'Content-Length: 0',
	];
	socket.send(`${lines.join('\r\n')}\r\n\r\n`, 5060, server);
	try {
		return await answer;
	} finally {
		await new Promise((resolve) => socket.close(resolve));
	}
}

if (path === '--count') {
	process.stdout.write(`${await registeredUsers()}\n`);
	process.exit();
}

const suite = { text: readFileSync(path, 'utf8'), name: path };
const request = {
	suite,
	world: { environment: (name) => process.env[name], readText: () => ({ because: 'ENOENT' }) },
	parallel: undefined,
	signal: new AbortController().signal,
	userAgent: 'sipdoctor-lab',
	randomBytes,
	hasNetwork: () => true,
	interfaceOf: () => undefined,
	onDone: () => undefined,
};

// Whatever node opens once and for all is open after the first entry.
const [head, first] = suite.text.split(/^( {2}- .*)$/m);
await checkSuite({ ...request, suite: { ...suite, text: `${head}${first}` } });
// First what lets time pass: sockets close a turn later.
const registered = await registeredUsers();
const before = { registered, descriptors: descriptors(), heap: memory() };
const checked = await checkSuite(request);
// Sockets close a turn later, and none takes as long as this.
for (let look = 0; look < 600 && descriptors() > before.descriptors; look += 1)
	await new Promise((resolve) => setTimeout(resolve, 50));
const after = { descriptors: descriptors(), registered: await registeredUsers(), heap: memory() };
const verdicts = {};
for (const { verdict } of checked.entries) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
const bad = checked.entries.find(({ verdict }) => verdict !== 'held');
process.stdout.write(
	`${JSON.stringify({ before, after, verdicts, bad: bad ?? null, ms: checked.ms })}\n`,
);
