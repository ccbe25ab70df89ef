/*
 * Whose REGISTERs may be legs of one another in this capture: the same user or Call-ID on two ways (a NAT, a proxy, a
 * B2BUA, a phone with two accounts), or an address that both asks and is asked (a proxy or an SBC).
 */
import type { Endpoint } from '../net/endpoint.js';

/** Beyond it nothing is known of anybody. */
const MAX_KNOWN = 65_536;

interface Register {
	/** From where to where, over which transport. */
	readonly way: string;
	readonly callId: string;
	/** As written. */
	readonly to: string;
	readonly src: Endpoint;
	readonly dst: Endpoint;
}

interface Host {
	isClient: boolean;
	isServer: boolean;
	/** Those that it is an end of. */
	readonly ways: Set<string>;
}

export class SharedPhones {
	/** User and Call-ID → the way they were first seen on. */
	readonly #owners = new Map<string, string>();
	readonly #hosts = new Map<string, Host>();

	get isFull(): boolean {
		return this.#owners.size + this.#hosts.size >= MAX_KNOWN;
	}

	/** The way on which a Call-ID was first seen. */
	wayOf(callId: string): string | undefined {
		return this.#owners.get(callKey(callId));
	}

	/** Takes a REGISTER; gives the ways that are shared, as far as it has to do with them. */
	add({ way, callId, to, src, dst }: Register): readonly string[] {
		const shared: string[] = [];
		for (const key of [callKey(callId), `user ${userOf(to)}`]) {
			const owner = this.#owners.get(key);
			if (owner === undefined) this.#owners.set(key, way);
			else if (owner !== way) shared.push(owner, way);
		}
		const client = this.#host(src.address, way);
		const server = this.#host(dst.address, way);
		const wasBetween = isBetween(client) || isBetween(server);
		client.isClient = true;
		server.isServer = true;
		for (const host of [client, server]) {
			// Those of a host that was between two legs before are known to be shared.
			if (isBetween(host)) shared.push(...(wasBetween ? [way] : host.ways));
		}
		return shared;
	}

	#host(address: string, way: string): Host {
		const known = this.#hosts.get(address);
		const host = known ?? { isClient: false, isServer: false, ways: new Set() };
		if (known === undefined) this.#hosts.set(address, host);
		if (host.ways.size < MAX_KNOWN) host.ways.add(way);
		return host;
	}
}

function callKey(callId: string): string {
	return `call ${callId}`;
}

function isBetween({ isClient, isServer }: Host): boolean {
	return isClient && isServer;
}

/** The user part of a To value, for comparison; of one without a user all are alike. */
function userOf(to: string): string {
	const at = to.lastIndexOf('@');
	const start = to.lastIndexOf(':', at) + 1;
	return at < 0 ? '' : to.slice(start, at).toLowerCase();
}
