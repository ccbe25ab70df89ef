/*
 * A UDP port for datagrams to anywhere, unlike a transport's, which is for SIP with one server: STUN asks several
 * servers from one port. Bound without SO_REUSEADDR, so a port that somebody else has is said to be taken.
 */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { lacksZone } from '../net/address.js';
import type { Endpoint } from '../net/endpoint.js';
import { errnoOf } from './socket-failure.js';

export interface DatagramSocket {
	readonly local: Endpoint;
	send(bytes: Uint8Array, to: Endpoint): void;
	/** Resolves when the port is free again. */
	close(): Promise<void>;
}

export interface DatagramOptions {
	/** An address of the machine: datagrams leave from it. */
	readonly address: string;
	/** 0: the kernel chooses. */
	readonly port: number;
	readonly onDatagram: (bytes: Uint8Array, from: Endpoint) => void;
}

export type OpenDatagrams = (
	options: DatagramOptions,
) => Promise<DatagramSocket | { readonly errno: string }>;

/** Binds a port; never rejects. Errors of sending are silence: what matters is what comes back. */
export const openDatagrams: OpenDatagrams = ({ address, port, onDatagram }) =>
	new Promise((resolve) => {
		const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
		// The kernel binds a link-local address only where its interface is said; any address receives for it as well.
		const own = lacksZone(address) ? '::' : address;
		let open = true;
		socket.on('error', (error) => {
			if (open) socket.close();
			open = false;
			resolve({ errno: errnoOf(error) });
		});
		socket.on('message', (bytes, info) => {
			if (open) onDatagram(bytes, { address: info.address, port: info.port });
		});
		socket.bind({ address: own, port, exclusive: true }, () => {
			resolve({
				local: { address, port: socket.address().port },
				send(bytes, to) {
					if (open) socket.send(bytes, to.port, to.address, () => undefined);
				},
				close() {
					if (!open) return Promise.resolve();
					open = false;
					return new Promise((done) => socket.close(() => done()));
				},
			});
		});
	});
