/* Phones that register again and again in the same words: what is known by its bytes, and read no more. */
import { createHash } from 'node:crypto';
import { withPayload } from './packet.mjs';

const REALM = 'pbx.example.com';
const SERVER = [198, 51, 100, 5];
/** Messages that every capture begins with: so many are read in any case before what repeats itself is held. */
export const READ_ANYWAY = 2_100;
const MESSAGES = 4;

const START = 1_700_000_000_000_000;
const SECOND = 1_000_000;
const MESSAGE_GAP = 9_000;
const HEADERS = { ip: 14, transport: 34, payload: 42 };

/** A capture of some phones, each with as many registrations, of which the last may not be over. */
export function repeatedPhones(password, random) {
	const phones = random.between(20, 60);
	const rounds = Math.ceil(READ_ANYWAY / MESSAGES / phones) + random.between(3, 9);
	const records = [];
	for (let round = 0; round < rounds; round += 1) {
		for (let phone = 0; phone < phones; phone += 1) {
			const at = START + Math.round((round + phone / phones) * 30 * SECOND);
			for (const [index, bytes] of exchange(phone, round, password).entries()) {
				records.push({ at: at + index * MESSAGE_GAP, bytes, originalLength: bytes.length });
			}
		}
	}
	return { linkType: 1, records: records.slice(0, records.length - random.below(5)) };
}

/** REGISTER, 401, REGISTER with credentials, and 200 or 403. */
function exchange(phone, round, password) {
	const user = `${1001 + phone}`;
	const host = [192, 0, 2, 10 + phone];
	const nonce = md5(`nonce ${phone} ${round}`);
	const cnonce = md5(`cnonce ${phone} ${round}`).slice(0, 8);
	const uri = `sip:${REALM}`;
	const ha1 = md5(`${user}:${REALM}:${isRefused(phone) ? 'another' : password}`);
	const response = md5(`${ha1}:${nonce}:00000001:${cnonce}:auth:${md5(`REGISTER:${uri}`)}`);
	const first = round * 2 + 1;
	const fields = (cseq, toTag) =>
		[
			`Via: SIP/2.0/UDP ${host.join('.')}:5060;branch=z9hG4bK${phone}x${cseq};rport`,
			`From: <sip:${user}@${REALM}>;tag=f${round}`,
			`To: <sip:${user}@${REALM}>${toTag}`,
			`Call-ID: c${phone}@${host.join('.')}`,
			`CSeq: ${cseq} REGISTER`,
			`Contact: <sip:${user}@${host.join('.')}:5060>;expires=60`,
		].join('\r\n');
	const request = (cseq, more) =>
		`REGISTER ${uri} SIP/2.0\r\n${fields(cseq, '')}\r\nMax-Forwards: 70\r\n${more}\r\n`;
	const answer = (cseq, status, more) =>
		`SIP/2.0 ${status}\r\n${fields(cseq, `;tag=s${round}`)}\r\n${more}\r\n`;
	const digest = `username="${user}", realm="${REALM}", nonce="${nonce}", uri="${uri}", response="${response}", cnonce="${cnonce}", qop=auth, nc=00000001`;
	const challenge = `WWW-Authenticate: Digest realm="${REALM}", nonce="${nonce}", qop="auth"\r\n`;
	return [
		frame(host, SERVER, request(first, '')),
		frame(SERVER, host, answer(first, '401 Unauthorized', challenge)),
		frame(host, SERVER, request(first + 1, `Authorization: Digest ${digest}\r\n`)),
		frame(SERVER, host, answer(first + 1, isRefused(phone) ? '403 Forbidden' : '200 OK', '')),
	];
}

/** Ethernet, IPv4 and UDP on port 5060. */
function frame(source, destination, text) {
	const bytes = Buffer.alloc(HEADERS.payload);
	bytes.set([0, 0, 0x5e, 0, 0x53, 2, 0, 0, 0x5e, 0, 0x53, 1, 8, 0, 0x45]);
	bytes.set([64, 17], 22);
	bytes.set([...source, ...destination], 26);
	bytes.writeUInt16BE(5060, HEADERS.transport);
	bytes.writeUInt16BE(5060, HEADERS.transport + 2);
	return withPayload(bytes, HEADERS, Buffer.from(text, 'latin1'));
}

function isRefused(phone) {
	return phone % 7 === 3;
}

function md5(text) {
	return createHash('md5').update(text).digest('hex');
}
