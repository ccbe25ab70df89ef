/*
 * What tshark finds in a capture. Its PDML keeps the messages of one frame apart, which `-T fields` prints in one line
 * with no word which Call-ID belongs to which.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Bytes of PDML of one frame; a message of 64 kB is about twenty times as long. */
const MAX_PACKET_TEXT = 64 * 1024 * 1024;

const SWITCHES = [
	'-n',
	// Off by default, as tshark finds it by a guess; a packet that it opens so is read in full.
	...['-o', 'esp.enable_null_encryption_decode_heuristic:TRUE'],
	...['-T', 'pdml'],
	// Protocols to be printed field by field; all others only by name.
	...['-J', 'frame sip'],
	...['-Y', 'sip.Method == "REGISTER" || sip.CSeq.method == "REGISTER"'],
];

/** The first line of `tshark --version`, or undefined where it is not installed. */
export async function tsharkVersion() {
	const { child, ended } = startTshark(['--version']);
	let text = '';
	child.stdout.setEncoding('utf8').on('data', (part) => {
		text += part;
	});
	const { code } = await ended;
	return code === 0 ? text.split('\n', 1)[0] : undefined;
}

/**
 * The REGISTER requests and their responses of a capture, in order of frames, without those that an ICMP error quotes;
 * `refused` says why where it cannot be read at all.
 */
export async function tsharkMessages(file) {
	const { child, ended } = startTshark([...SWITCHES, '-r', file]);
	let words = '';
	child.stderr.setEncoding('utf8').on('data', (part) => {
		if (words.length < 10_000) words += part;
	});
	const messages = [];
	let packet = '';
	// PDML escapes what is special in XML and leaves every other byte as it was on the wire.
	for await (const line of createInterface({ input: child.stdout.setEncoding('latin1') })) {
		if (packet.length < MAX_PACKET_TEXT) packet += `${line}\n`;
		if (line !== '</packet>') continue;
		messages.push(...messagesOfPacket(packet));
		packet = '';
	}
	const { code } = await ended;
	// It also fails where a file ends too early, after everything that could be read.
	const isRefused = code !== 0 && messages.length === 0 && !/cut short/.test(words);
	return { messages, refused: isRefused ? lastLine(words) : undefined };
}

function startTshark(args) {
	// A user's own preferences must not change what is found.
	const env = { ...process.env, HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' };
	const child = spawn('tshark', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
	const ended = new Promise((resolve) => {
		child.on('error', () => resolve({ code: undefined }));
		child.on('close', (code) => resolve({ code }));
	});
	return { child, ended };
}

/** The SIP messages of one `<packet>`; of one that an ICMP error quotes nothing. */
function messagesOfPacket(text) {
	const carriedIn = fieldsOf(text, 'frame.protocols')[0]?.show ?? '';
	if (/\bicmp(?:v6)?\b/.test(carriedIn)) return [];
	const frame = Number(fieldsOf(text, 'num')[0]?.show);
	return text
		.split('<proto name="sip"')
		.slice(1)
		.map((part) => messageOf(part.split('\n  <proto ', 1)[0] ?? '', { frame, carriedIn }))
		.filter((message) => message !== undefined);
}

function messageOf(text, { frame, carriedIn }) {
	const status = fieldsOf(text, 'sip.Status-Code')[0]?.show;
	const method = fieldsOf(text, 'sip.Method')[0]?.show;
	const cseqMethod = fieldsOf(text, 'sip.CSeq.method')[0]?.show;
	if ((status === undefined ? method : cseqMethod) !== 'REGISTER') return undefined;
	return {
		frame,
		what: status ?? 'REGISTER',
		cseq: fieldsOf(text, 'sip.CSeq.seq')[0]?.show ?? '',
		callId: headerValue(fieldsOf(text, 'sip.Call-ID')[0]?.bytes),
		carriedIn,
	};
}

/** The fields of a name: as tshark shows them, and their bytes on the wire in hexadecimal. */
function fieldsOf(text, name) {
	const element = new RegExp(`<field name="${name.replaceAll('.', '\\.')}"([^>]*)>`, 'g');
	return [...text.matchAll(element)].map(([, attributes = '']) => ({
		show: / show="([^"]*)"/.exec(attributes)?.[1],
		bytes: / value="([0-9a-f]*)"/.exec(attributes)?.[1],
	}));
}

/** The value of a header field line: without name and colon, unfolded (RFC 3261 §7.3.1). */
function headerValue(hexadecimal = '') {
	const line = Buffer.from(hexadecimal, 'hex').toString('latin1');
	return line
		.slice(line.indexOf(':') + 1)
		.replace(/[ \t]*\r?\n[ \t]+/g, ' ')
		.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

function lastLine(text) {
	return text.trim().split('\n').at(-1) ?? '';
}
