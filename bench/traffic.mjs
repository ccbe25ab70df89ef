/*
 * Made-up traffic of a SIP trunk, written as pcap or pcapng: RTP, calls, and phones that register and refresh. Nobody
 * captured it; addresses are those of RFC 5737 and of 10/8.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

const SERVER = [198, 51, 100, 5];
const REALM = 'pbx.example.com';
const BUFFER_BYTES = 4 * 1024 * 1024;
const START_SECONDS = 1_700_000_000;

/** The password of a phone; every 33rd phone uses another one than the registrar knows. */
function passwordOf(phone) {
	return `secret-${phone}`;
}

function md5(text) {
	return createHash('md5').update(text, 'latin1').digest('hex');
}

function addressOf(phone) {
	return [10, (phone >> 16) & 0xff, (phone >> 8) & 0xff, phone & 0xff];
}

/** A capture file that frames are appended to. */
class CaptureFile {
	#file;
	#buffer = Buffer.alloc(BUFFER_BYTES);
	#used = 0;
	#format;
	bytes = 0;
	packets = 0;

	constructor(path, format) {
		this.#file = openSync(path, 'w');
		this.#format = format;
		if (format === 'pcapng') {
			this.#u32s(0x0a0d0d0a, 28, 0x1a2b3c4d, 0x00000001, 0xffffffff, 0xffffffff, 28);
			this.#u32s(1, 20, 1, 262_144, 20);
		} else {
			this.#u32s(0xa1b2c3d4, 0x00040002, 0, 0, 262_144, 1);
		}
	}

	/** `headers` and `payload` are the two parts of one Ethernet frame. */
	frame(micros, headers, payload) {
		const length = headers.length + payload.length;
		const seconds = START_SECONDS + Math.floor(micros / 1_000_000);
		if (this.#format === 'pcapng') {
			const padding = (4 - (length % 4)) % 4;
			const total = 32 + length + padding;
			const units = BigInt(START_SECONDS) * 1_000_000n + BigInt(Math.floor(micros));
			this.#u32s(6, total, 0, Number(units >> 32n), Number(units & 0xffff_ffffn), length, length);
			this.#copy(headers);
			this.#copy(payload);
			this.#copy(Buffer.alloc(padding));
			this.#u32s(total);
		} else {
			this.#u32s(seconds, Math.floor(micros) % 1_000_000, length, length);
			this.#copy(headers);
			this.#copy(payload);
		}
		this.packets += 1;
	}

	close() {
		this.#flush();
		closeSync(this.#file);
	}

	#u32s(...values) {
		this.#room(values.length * 4);
		for (const value of values) this.#used = this.#buffer.writeUInt32LE(value, this.#used);
		this.bytes += values.length * 4;
	}

	#copy(bytes) {
		this.#room(bytes.length);
		this.#buffer.set(bytes, this.#used);
		this.#used += bytes.length;
		this.bytes += bytes.length;
	}

	#room(length) {
		if (this.#used + length > BUFFER_BYTES) this.#flush();
	}

	#flush() {
		writeSync(this.#file, this.#buffer, 0, this.#used);
		this.#used = 0;
	}
}

/** Ethernet, IPv4 and UDP in front of a payload. */
function headersOf(src, srcPort, dst, dstPort, length) {
	const bytes = Buffer.alloc(42);
	bytes.set([0, 0, 0x5e, 0, 0x53, 2, 0, 0, 0x5e, 0, 0x53, 1, 8, 0, 0x45, 0]);
	bytes.writeUInt16BE(28 + length, 16);
	bytes[22] = 64;
	bytes[23] = 17;
	bytes.set(src, 26);
	bytes.set(dst, 30);
	bytes.writeUInt16BE(srcPort, 34);
	bytes.writeUInt16BE(dstPort, 36);
	bytes.writeUInt16BE(8 + length, 38);
	return bytes;
}

/** One exchange of four messages: REGISTER, 401, REGISTER with credentials, and 200 or 403. */
function registration(phone, round, registrarPort) {
	const user = `${10_000 + phone}`;
	const address = addressOf(phone).join('.');
	const isWrong = phone % 33 === 0;
	const nonce = md5(`nonce ${phone} ${round}`);
	const uri = `sip:${REALM}`;
	const password = isWrong ? 'another' : passwordOf(phone);
	const ha1 = md5(`${user}:${REALM}:${password}`);
	const cnonce = md5(`cnonce ${phone} ${round}`).slice(0, 16);
	const response = md5(`${ha1}:${nonce}:00000001:${cnonce}:auth:${md5(`REGISTER:${uri}`)}`);
	const credentials = `Authorization: Digest username="${user}", realm="${REALM}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5, cnonce="${cnonce}", qop=auth, nc=00000001\r\n`;
	const challenge = `WWW-Authenticate: Digest realm="${REALM}", nonce="${nonce}", algorithm=MD5, qop="auth"\r\n`;
	const contact = `Contact: <sip:${user}@${address}:5060>`;
	const request = (cseq, extra) =>
		`REGISTER ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${address}:5060;branch=z9hG4bK-${phone}-${cseq};rport\r\nMax-Forwards: 70\r\nFrom: <sip:${user}@${REALM}>;tag=${phone}f${round}\r\nTo: <sip:${user}@${REALM}>\r\nCall-ID: reg-${phone}@${address}\r\nCSeq: ${cseq} REGISTER\r\n${contact}\r\nExpires: 600\r\nUser-Agent: BenchPhone/1.0\r\n${extra}Content-Length: 0\r\n\r\n`;
	const answer = (cseq, status, extra) =>
		`SIP/2.0 ${status}\r\nVia: SIP/2.0/UDP ${address}:5060;branch=z9hG4bK-${phone}-${cseq};rport=5060;received=${address}\r\nFrom: <sip:${user}@${REALM}>;tag=${phone}f${round}\r\nTo: <sip:${user}@${REALM}>;tag=s${phone}\r\nCall-ID: reg-${phone}@${address}\r\nCSeq: ${cseq} REGISTER\r\n${extra}Server: BenchPbx/1.0\r\nContent-Length: 0\r\n\r\n`;
	const first = round * 2 + 1;
	const last = isWrong
		? answer(first + 1, '403 Forbidden', '')
		: answer(first + 1, '200 OK', `${contact};expires=600\r\n`);
	const host = addressOf(phone);
	const there = (text) => ({ src: host, srcPort: 5060, dst: SERVER, dstPort: registrarPort, text });
	const back = (text) => ({ src: SERVER, srcPort: registrarPort, dst: host, dstPort: 5060, text });
	return [
		there(request(first, '')),
		back(answer(first, '401 Unauthorized', challenge)),
		there(request(first + 1, credentials)),
		back(last),
	];
}

/** A call through the trunk, as far as it is SIP: seven messages. */
function call(number) {
	const proxy = [198, 51, 100, 77];
	const id = `call-${number}@198.51.100.77`;
	const body = `v=0\r\no=- ${number} 1 IN IP4 198.51.100.77\r\ns=-\r\nc=IN IP4 198.51.100.77\r\nt=0 0\r\nm=audio 20000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n`;
	const text = (line, cseq, extra) =>
		`${line}\r\nVia: SIP/2.0/UDP 198.51.100.77:5060;branch=z9hG4bK-c${number}-${cseq.replace(' ', '')}\r\nMax-Forwards: 70\r\nFrom: <sip:+1555${number}@example.net>;tag=${number}a\r\nTo: <sip:+1556${number}@example.com>\r\nCall-ID: ${id}\r\nCSeq: ${cseq}\r\nContact: <sip:198.51.100.77:5060>\r\n${extra}`;
	const empty = 'Content-Length: 0\r\n\r\n';
	const sdp = `Content-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
	const target = `sip:+1556${number}@198.51.100.5`;
	const there = (line, cseq, extra = empty) => ({
		src: proxy,
		srcPort: 5060,
		dst: SERVER,
		dstPort: 5060,
		text: text(line, cseq, extra),
	});
	const back = (line, cseq, extra = empty) => ({
		src: SERVER,
		srcPort: 5060,
		dst: proxy,
		dstPort: 5060,
		text: text(line, cseq, extra),
	});
	return [
		there(`INVITE ${target} SIP/2.0`, '1 INVITE', sdp),
		back('SIP/2.0 100 Trying', '1 INVITE'),
		back('SIP/2.0 180 Ringing', '1 INVITE'),
		back('SIP/2.0 200 OK', '1 INVITE', sdp),
		there(`ACK ${target} SIP/2.0`, '1 ACK'),
		there(`BYE ${target} SIP/2.0`, '2 BYE'),
		back('SIP/2.0 200 OK', '2 BYE'),
	];
}

function writeMessages(file, micros, messages, leadingCrlf) {
	let at = micros;
	for (const { src, srcPort, dst, dstPort, text } of messages) {
		const payload = Buffer.from(leadingCrlf ? `\r\n\r\n${text}` : text, 'latin1');
		file.frame(at, headersOf(src, srcPort, dst, dstPort, payload.length), payload);
		at += 4_000;
	}
}

/** `bytes` of phones that register, and nothing else. */
export function makeRegistrations(path, { format, bytes, phones, perSecond }) {
	const file = new CaptureFile(path, format);
	for (let n = 0; file.bytes < bytes; n += 1) {
		const messages = registration(n % phones, Math.floor(n / phones), 5060);
		writeMessages(file, (n * 1_000_000) / perSecond, messages, false);
	}
	file.close();
	return { packets: file.packets, bytes: file.bytes };
}

/** `bytes` of a trunk: of 100 packets 95 are RTP, the others calls and registrations, some on 5080 or behind CRLF. */
export function makeTrunk(path, { format, bytes, phones }) {
	const file = new CaptureFile(path, format);
	const rtp = Buffer.alloc(172, 0xd5);
	rtp[0] = 0x80;
	rtp[1] = 8;
	const streams = Array.from({ length: 40 }, (_, n) =>
		headersOf([203, 0, 113, n], 10_000 + 2 * n, SERVER, 20_000 + 2 * n, rtp.length),
	);
	let registrations = 0;
	let calls = 0;
	// Eleven SIP messages in 220 packets: one call and one registration.
	for (let micros = 0; file.bytes < bytes; micros += 220 * 500) {
		const phone = registrations % phones;
		const exchange = registration(
			phone,
			Math.floor(registrations / phones),
			phone % 7 === 0 ? 5080 : 5060,
		);
		writeMessages(file, micros, exchange, phone % 11 === 0);
		writeMessages(file, micros + 20_000, call(calls), false);
		registrations += 1;
		calls += 1;
		for (let n = 0; n < 209; n += 1) {
			rtp.writeUInt16BE((rtp.readUInt16BE(2) + 1) & 0xffff, 2);
			file.frame(micros + 49_000 + n * 290, streams[n % streams.length], rtp);
		}
	}
	file.close();
	return { packets: file.packets, bytes: file.bytes };
}

/** The passwords that the registrar knows, for `--accounts`. */
export function writeAccounts(path, phones, write) {
	const lines = Array.from(
		{ length: phones },
		(_, phone) => `${10_000 + phone},${passwordOf(phone)},${REALM}`,
	);
	write(path, `username,password,realm\n${lines.join('\n')}\n`);
}
