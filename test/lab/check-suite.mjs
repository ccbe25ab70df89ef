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
		const limit = setTimeout(() => reject(new Error('no answer to OPTIONS')), 5000);
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
const before = { descriptors: descriptors(), heap: memory() };
let most = 0;
let openMost = 0;
let isOver = false;
/** A binding lives for a few milliseconds here: asked seldom, all of them may be missed. One question at a time. */
async function watch() {
	while (!isOver) {
		openMost = Math.max(openMost, descriptors());
		most = Math.max(most, await registeredUsers().catch(() => 0));
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}
const watching = watch();
const checked = await checkSuite(request);
isOver = true;
await watching;
// Sockets close a turn later.
await new Promise((resolve) => setTimeout(resolve, 1000));
const after = { descriptors: descriptors(), registered: await registeredUsers(), heap: memory() };
const verdicts = {};
for (const { verdict } of checked.entries) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
const bad = checked.entries.find(({ verdict }) => verdict !== 'held');
process.stdout.write(
	`${JSON.stringify({ before, after, most, openMost, verdicts, bad: bad ?? null, ms: checked.ms })}\n`,
);
