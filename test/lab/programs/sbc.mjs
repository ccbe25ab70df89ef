/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unnecessary-condition -- plain JavaScript: Node 20 runs no TypeScript, and a build would tie the lab to src/ */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { credentials, parseChallenge } from '../phone/digest.mjs';
import { answerTo, header, methodOf, statusOf } from './sip-text.mjs';

/*
 * An SBC that challenges the phone itself and then registers it at the registrar in its own name (RFC 7092 §3.1): `node
 * sbc.mjs '{"address", "upstream", "domain", "username", "password"}'`. It keeps no password of the phone: any answer to
 * its challenge will do.
 */

const options = JSON.parse(process.argv[2]);
const socket = createSocket('udp4');
const nonce = randomBytes(8).toString('hex');
const branches = new Set();
/** Requests of the SBC that wait for an answer, by branch. */
const waiting = new Map();

function ask(lines, callId, cseq, extra) {
	const branch = `z9hG4bK${randomBytes(8).toString('hex')}`;
	const text = [
		`REGISTER sip:${options.domain} SIP/2.0`,
		`Via: SIP/2.0/UDP ${options.address}:5060;branch=${branch};rport`,
		'Max-Forwards: 70',
		...lines,
		`Call-ID: ${callId}`,
		`CSeq: ${cseq} REGISTER`,
		...extra,
		'User-Agent: LabSBC/1.0',
		'Content-Length: 0',
		'',
		'',
	].join('\r\n');
	return new Promise((resolve) => {
		waiting.set(branch, resolve);
		socket.send(text, 5060, options.upstream);
	});
}

/** The final answer of the registrar to the SBC. */
async function registerUpstream(request) {
	const user = /sip:([^@]+)@/.exec(header(request, 'To'))?.[1];
	const { address, domain, username, password } = options;
	const aor = `<sip:${user}@${domain}>`;
	const lines = [`From: ${aor};tag=${randomBytes(4).toString('hex')}`, `To: ${aor}`];
	const callId = randomBytes(8).toString('hex');
	const own = [`Contact: <sip:${user}@${address}:5060>`, `Expires: ${header(request, 'Expires')}`];
	const first = await ask(lines, callId, 1, own);
	const offered = header(first, 'WWW-Authenticate');
	if (statusOf(first) !== 401 || offered === undefined) return first;
	const value = credentials(parseChallenge(offered), {
		username,
		password,
		uri: `sip:${domain}`,
		nc: 1,
	});
	return ask(lines, callId, 2, [...own, `Authorization: ${value}`]);
}

async function serve(request, from) {
	const reply = (status, lines) =>
		socket.send(answerTo(request, from, status, lines), from.port, from.address);
	if (!header(request, 'Authorization')?.includes(nonce)) {
		reply('401 Unauthorized', [
			`WWW-Authenticate: Digest realm="sbc.example.net", nonce="${nonce}", algorithm=MD5`,
		]);
		return;
	}
	const status = statusOf(await registerUpstream(request));
	if (status !== 200) reply('480 Temporarily Unavailable', []);
	else
		reply('200 OK', [
			`Contact: ${header(request, 'Contact')};expires=${header(request, 'Expires')}`,
		]);
}

socket.on('message', (bytes, from) => {
	const message = bytes.toString('latin1');
	const branch = /;branch=([^;\s]+)/.exec(header(message, 'Via') ?? '')?.[1];
	if (statusOf(message) >= 200) {
		waiting.get(branch)?.(message);
		waiting.delete(branch);
	} else if (methodOf(message) === 'REGISTER' && !branches.has(branch)) {
		branches.add(branch);
		void serve(message, from);
	}
});
socket.bind(5060, options.address, () => process.stdout.write('listening\n'));
