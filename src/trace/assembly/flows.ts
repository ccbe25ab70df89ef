/* Flows by the addresses and ports in the bytes of a packet: of requests, from a client to a server, and of their answers. */
import {
	FLOW_ADDRESS_BYTES,
	FLOW_CLIENT,
	FLOW_LAST_AT,
	FLOW_NUMBER,
	FLOW_PORTS,
	FLOW_SERVER,
	FLOW_SIZE,
} from './layout';
import { addressBytes, addresses, ports } from './plain-udp';
import { isSame } from './same';

/** As many phones as are kept of a source; each takes some kilobytes. */
const MAX_FLOWS: i32 = 12_000;

/** Places for flows: a power of two, and more than twice as many as flows. */
const PLACES: i32 = 32_768;

/** Flows whose hashes fall together are looked for one by one; addresses can be chosen so that all do. */
const MAX_STEPS: i32 = 64;

const IPV4_BYTES: i32 = 4;

const places = memory.data(131_072, 16) as i32;
let count: i32 = 0;

/** Where the flow that was looked for last is, or would be; 0 where that is too far from where it should be. */
let place: i32 = 0;

/** The flow of the datagram that was located last; 0 where none is known. */
export function find(isRequest: bool): i32 {
	const client = isRequest ? addresses : addresses + addressBytes;
	const server = isRequest ? addresses + addressBytes : addresses;
	const pair = portsOf(isRequest);
	let at = hashOf(client, server, pair);
	for (let step = 0; step < MAX_STEPS; step += 1) {
		place = places + at * 4;
		const known = load<i32>(place);
		if (known === 0 || isOf(known, client, server, pair)) return known;
		at = (at + 1) & (PLACES - 1);
	}
	place = 0;
	return 0;
}

/** Makes a flow for the request that was looked for last; 0 where no more can be told apart. */
export function addFlow(): i32 {
	if (place === 0 || count >= MAX_FLOWS) return 0;
	const flow = heap.alloc(FLOW_SIZE) as i32;
	store<i32>(flow + FLOW_NUMBER, count);
	count += 1;
	store<i32>(flow + FLOW_ADDRESS_BYTES, addressBytes);
	store<i32>(flow + FLOW_PORTS, portsOf(true));
	memory.copy(flow + FLOW_CLIENT, addresses, addressBytes);
	memory.copy(flow + FLOW_SERVER, addresses + addressBytes, addressBytes);
	store<f64>(flow + FLOW_LAST_AT, -Infinity);
	store<i32>(place, flow);
	return flow;
}

/** -1 for none. */
export function numberOf(flow: i32): i32 {
	return flow === 0 ? -1 : load<i32>(flow + FLOW_NUMBER);
}

function isOf(flow: i32, client: i32, server: i32, pair: i32): bool {
	return (
		load<i32>(flow + FLOW_PORTS) === pair &&
		load<i32>(flow + FLOW_ADDRESS_BYTES) === addressBytes &&
		isSame(flow + FLOW_CLIENT, client, addressBytes) &&
		isSame(flow + FLOW_SERVER, server, addressBytes)
	);
}

function hashOf(client: i32, server: i32, pair: i32): i32 {
	let hash = pair;
	for (let offset = 0; offset < addressBytes; offset += IPV4_BYTES) {
		hash ^= load<i32>(client + offset) * 0x9e37_79b1;
		hash ^= load<i32>(server + offset) * 0x85eb_ca6b;
		hash = (hash ^ (hash >>> 15)) * 0xc2b2_ae35;
	}
	return (hash >>> 16) & (PLACES - 1);
}

/** The client's, then the server's. */
function portsOf(isRequest: bool): i32 {
	const pair = load<i32>(ports);
	return isRequest ? pair : rotl<i32>(pair, 16);
}
