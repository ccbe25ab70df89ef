/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unnecessary-condition -- plain JavaScript: Node 20 runs no TypeScript, and a build would tie the phone to src/ */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/*
 * The phone's WebSocket, as much of RFC 6455 and RFC 7118 as a registration needs: one message a frame, up to 64 KB.
 */

const TEXT = 1;
const CLOSE = 8;

/** RFC 6455 §5.2: final, and masked as everything from a client. */
function frame(opcode, payload) {
	const length =
		payload.length < 126
			? Buffer.of(0x80 | payload.length)
			: Buffer.of(0x80 | 126, payload.length >> 8, payload.length & 0xff);
	const mask = randomBytes(4);
	const masked = payload.map((byte, index) => byte ^ mask[index % 4]);
	return Buffer.concat([Buffer.of(0x80 | opcode), length, mask, masked]);
}

/** The first whole frame of what has arrived; undefined where there is none yet. Servers do not mask. */
function takeFrame(bytes) {
	if (bytes.length < 2) return undefined;
	const long = (bytes[1] & 0x7f) === 126;
	const head = long ? 4 : 2;
	if (bytes.length < head) return undefined;
	const end = head + (long ? bytes.readUInt16BE(2) : bytes[1] & 0x7f);
	if (bytes.length < end) return undefined;
	return { opcode: bytes[0] & 0x0f, payload: bytes.subarray(head, end), rest: bytes.subarray(end) };
}

function upgrade({ server, serverPort, path }) {
	return [
		`GET ${path} HTTP/1.1`,
		`Host: ${server}:${serverPort}`,
		'Upgrade: websocket',
		'Connection: Upgrade',
		`Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
		'Sec-WebSocket-Protocol: sip',
		'Sec-WebSocket-Version: 13',
		'Origin: http://pbx.example.com',
		'',
		'',
	].join('\r\n');
}

/** Resolves when the WebSocket is open, or when it is known that it does not open. */
export function openWebSocket(place, on) {
	const { address, server, serverPort } = place;
	return new Promise((resolve) => {
		const socket = connect({ host: server, port: serverPort, localAddress: address });
		const send = (text) => socket.write(frame(TEXT, Buffer.from(text, 'latin1')));
		let pending = Buffer.alloc(0);
		let open = false;
		const readFrames = () => {
			for (let next = takeFrame(pending); next !== undefined; next = takeFrame(pending)) {
				pending = next.rest;
				if (next.opcode === TEXT) on.message(next.payload.toString('latin1'), send);
			}
		};
		const wire = {
			localPort: undefined,
			reliable: true,
			send,
			close: () => {
				if (open) socket.write(frame(CLOSE, Buffer.of(3, 232)));
				socket.end();
			},
		};
		socket.on('connect', () => socket.write(upgrade(place)));
		socket.on('data', (bytes) => {
			pending = Buffer.concat([pending, bytes]);
			const end = pending.indexOf('\r\n\r\n');
			if (!open && end >= 0) {
				const status = /^HTTP\/1\.1 (\d{3})/.exec(pending.toString('latin1'))?.[1];
				pending = pending.subarray(end + 4);
				open = status === '101';
				if (!open) on.error(`HTTP ${status}`);
				resolve({ ...wire, localPort: socket.localPort });
			}
			if (open) readFrames();
		});
		socket.on('error', (error) => on.error(error.code ?? error.message));
		socket.on('close', () => {
			on.error('closed');
			resolve(wire);
		});
	});
}
