/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unnecessary-condition -- plain JavaScript: Node 20 runs no TypeScript, and a build would tie the phone to src/ */
import { randomBytes } from 'node:crypto';

/* A Binding of STUN (RFC 8489 §6 and §14.2), from the socket that SIP is sent from. */

const COOKIE = Buffer.from('2112a442', 'hex');
const XOR_MAPPED_ADDRESS = 0x0020;

/** `address:port` as the server at port 3478 sees this socket. */
export async function outsideOf(wire, server) {
	const id = randomBytes(12);
	const answer = await wire.ask(
		Buffer.concat([Buffer.from('00010000', 'hex'), COOKIE, id]),
		3478,
		server,
	);
	for (let at = 20; at + 4 <= answer.length; at += 4 + ((answer.readUInt16BE(at + 2) + 3) & ~3)) {
		if (answer.readUInt16BE(at) !== XOR_MAPPED_ADDRESS) continue;
		const port = answer.readUInt16BE(at + 6) ^ 0x2112;
		const address = [0, 1, 2, 3].map((n) => answer[at + 8 + n] ^ COOKIE[n]);
		return `${address.join('.')}:${port}`;
	}
	throw new Error('the STUN server names no address');
}
