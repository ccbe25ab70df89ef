/*
 * What a probe saw, as a pcapng that Wireshark opens and `analyze` reads back to the same cause: SIP as exported PDUs,
 * DNS answers rebuilt, and what only a socket knows as JSON in packet comments.
 */
import { encodeExportedPdu } from '../capture/exported-pdu.js';
import { enhancedPacket, interfaceDescription, sectionHeader } from '../capture/pcapng-writer.js';
import type { Endpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import { encodeEventComment } from '../trace/event-comment.js';
import type { NetworkEvent, ResolutionEvent } from '../trace/observed.js';
import { dnsResponse } from './dns-message.js';
import type { ProbeRecord } from './recorder.js';

/** LINKTYPE_WIRESHARK_UPPER_PDU. */
const EXPORTED_PDU = 252;

/**
 * The blocks of the file, one frame a record in the records' order, so that frame numbers are those of the report.
 *
 * The messages are as they were sent, digest `response=` included: with it masked, `analyze --accounts` could verify
 * nothing, and the saved file would give another cause than the probe did. The password and its HA1 are in no record,
 * so they cannot be in the file; but a weak password can be guessed from nonce and response, so the file is for its
 * owner, and `extract` is what masks it for others.
 */
export function savedProbe(records: readonly ProbeRecord[]): readonly Uint8Array[] {
	return [
		sectionHeader('sipdoctor probe'),
		interfaceDescription(EXPORTED_PDU),
		...records.map((record) => frameOf(record)),
	];
}

function frameOf(record: ProbeRecord): Uint8Array {
	switch (record.kind) {
		case 'message': {
			const { at, src, dst, transport, message } = record.observed;
			const port = transport === 'udp' ? 'udp' : 'tcp';
			const pdu = { dissector: 'sip', transport: port, src, dst, payload: message.bytes } as const;
			return enhancedPacket({ at, bytes: encodeExportedPdu(pdu) });
		}
		case 'dns': {
			const { at, name, answer } = record;
			const payload = dnsResponse({ name, ...answer, rcode: 0 });
			return enhancedPacket({ at, bytes: dnsPdu(payload) });
		}
		case 'event':
			return enhancedPacket({
				at: record.event.at,
				bytes: eventPdu(record.event),
				comments: [encodeEventComment(record.event)],
			});
	}
}

/** The event stands in the comment; the frame shows as much of it as Wireshark has a place for. */
function eventPdu(event: NetworkEvent): Uint8Array {
	switch (event.kind) {
		case 'resolution':
			return dnsPdu(failedResponse(event));
		case 'connection':
			return flowPdu(event.transport, event.src, event.dst);
		case 'unreachable':
			return flowPdu(event.quoted.transport, event.quoted.src, event.quoted.dst);
		case 'neighbour':
		case 'probe':
		case 'tls':
		case 'websocket':
		case 'dns':
		case 'fragments-lost':
		case 'neighbour-unanswered':
		case 'foreign-answer':
		case 'stun':
		case 'ping':
		case 'dhcp':
			return emptyPdu();
	}
}

const RCODES = { nxdomain: 3, 'no-record': 0, failure: 2 } as const;

/** What the server must have answered; nothing where nobody did. */
function failedResponse({ name, outcome }: ResolutionEvent): Uint8Array | undefined {
	if (outcome === 'timed-out') return undefined;
	return dnsResponse({ name, type: 'A', addresses: [], rcode: RCODES[outcome] });
}

/** Without addresses: which server answered, the resolver's library does not tell. */
function dnsPdu(payload: Uint8Array | undefined): Uint8Array {
	if (payload === undefined) return emptyPdu();
	const [src, dst] = [undefined, undefined];
	return encodeExportedPdu({ dissector: 'dns', transport: 'udp', src, dst, payload });
}

function flowPdu(transport: Transport, src: Endpoint, dst: Endpoint): Uint8Array {
	const port = transport === 'udp' ? 'udp' : 'tcp';
	const payload = new Uint8Array(0);
	return encodeExportedPdu({ dissector: 'data', transport: port, src, dst, payload });
}

function emptyPdu(): Uint8Array {
	const [transport, src, dst] = [undefined, undefined, undefined];
	const payload = new Uint8Array(0);
	return encodeExportedPdu({ dissector: 'data', transport, src, dst, payload });
}
