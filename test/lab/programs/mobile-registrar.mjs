/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unnecessary-condition -- plain JavaScript: Node 20 runs no TypeScript, and a build would tie the lab to src/ */
import { createHash, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { parseChallenge } from '../phone/digest.mjs';
import { autnOf, readAuts, resOf, simOf } from './milenage.mjs';
import { answerTo, header, methodOf } from './sip-text.mjs';

/*
 * A registrar that challenges a SIM (RFC 3310), over UDP: `node mobile-registrar.mjs '{"address", "realm", "k", "opc",
 * "sqn", "ignoresAuts"}'`. One subscriber; who does not answer as the SIM does is told 403.
 */

const options = JSON.parse(process.argv[2]);
const sim = simOf(options);
const socket = createSocket('udp4');
let sqn = BigInt(`0x${options.sqn}`);
let rand;
let nonce;
/** Of the last request, so that a retransmission gets what it got before. */
let answered = { branch: undefined, text: undefined };

const md5 = (...parts) =>
	createHash('md5')
		.update(Buffer.concat(parts.map((one) => Buffer.from(one))))
		.digest('hex');

function challenge() {
	sqn += 32n;
	rand = randomBytes(16);
	const number = Buffer.from(sqn.toString(16).padStart(12, '0'), 'hex');
	nonce = Buffer.concat([rand, autnOf(sim, rand, number)]).toString('base64');
	const value = `Digest realm="${options.realm}", nonce="${nonce}", algorithm=AKAv1-MD5, qop="auth"`;
	return ['401 Unauthorized', [`WWW-Authenticate: ${value}`]];
}

function isRight({ username, realm, uri, nc, cnonce, qop, response }) {
	const ha1 = md5(`${username}:${realm}:`, resOf(sim, rand));
	return response === md5(`${ha1}:${nonce}:${nc}:${cnonce}:${qop}:${md5(`REGISTER:${uri}`)}`);
}

function decide(request) {
	const credentials = parseChallenge(header(request, 'Authorization') ?? '');
	if (nonce === undefined || credentials.nonce !== nonce) return challenge();
	if (credentials.auts !== undefined) {
		const ahead = readAuts(sim, rand, Buffer.from(credentials.auts, 'base64'));
		if (ahead !== undefined && options.ignoresAuts !== true)
			sqn = BigInt(`0x${ahead.toString('hex')}`);
		return challenge();
	}
	if (!isRight(credentials)) return ['403 Forbidden', []];
	return [
		'200 OK',
		[`Contact: ${header(request, 'Contact')};expires=${header(request, 'Expires')}`],
	];
}

socket.on('message', (bytes, from) => {
	const request = bytes.toString('latin1');
	if (methodOf(request) !== 'REGISTER') return;
	const branch = /;branch=([^;\s]+)/.exec(header(request, 'Via'))?.[1];
	if (branch !== answered.branch)
		answered = { branch, text: answerTo(request, from, ...decide(request)) };
	socket.send(answered.text, from.port, from.address);
});
socket.bind(5060, options.address, () => process.stdout.write('listening\n'));
