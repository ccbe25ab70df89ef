/*
 * What a probe saw, as a pcapng that Wireshark opens and `analyze` reads back to the same cause: SIP as exported PDUs,
 * DNS answers rebuilt, and what only a socket knows as JSON in packet comments.
 */
import { encodeExportedPdu } from '../capture/exported-pdu.js';
import { enhancedPacket, interfaceDescription, sectionHeader } from '../capture/pcapng-writer.js';
import type { Endpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import {
	encodeAsideComment,
	encodeEventComment,
	encodeTransportComment,
} from '../trace/event-comment.js';
import type { DnsEvent, NetworkEvent } from '../trace/observed.js';
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
			// The PDU itself can say no more than UDP or TCP.
			const comments = transport === port ? [] : [encodeTransportComment(transport)];
			return enhancedPacket({ at, bytes: encodeExportedPdu(pdu), comments });
		}
		case 'event':
			return enhancedPacket({
				at: record.event.at,
				bytes: eventPdu(record.event),
				comments: [encodeEventComment(record.event)],
			});
		case 'aside': {
			const { at, dissector, transport, src, dst, payload } = record;
			const port = transport === 'udp' ? 'udp' : 'tcp';
			const pdu = encodeExportedPdu({ dissector, transport: port, src, dst, payload });
			return enhancedPacket({ at, bytes: pdu, comments: [encodeAsideComment()] });
		}
	}
}

/** The event stands in the comment; the frame shows as much of it as Wireshark has a place for. */
function eventPdu(event: NetworkEvent): Uint8Array {
	switch (event.kind) {
		case 'dns':
			return dnsPdu(event);
		case 'tls':
			return flowPdu('tls', event.src, event.dst);
		case 'websocket':
			return flowPdu(event.transport, event.src, event.dst);
		case 'connection':
			return flowPdu(event.transport, event.src, event.dst);
		case 'unreachable':
			return flowPdu(event.quoted.transport, event.quoted.src, event.quoted.dst);
		case 'neighbour':
		case 'probe':
		case 'experiment':
		case 'resolution':
		case 'fragments-lost':
		case 'not-captured':
		case 'neighbour-unanswered':
		case 'foreign-answer':
		case 'stun':
		case 'ping':
		case 'dhcp':
			return emptyPdu();
	}
}

const RCODES = { answered: 0, empty: 0, servfail: 2, nxdomain: 3, refused: 5 } as const;

/** What the server must have answered; nothing where nobody did. */
function dnsPdu({ src, dst, name, type, outcome, answers }: DnsEvent): Uint8Array {
	const known = (['A', 'AAAA', 'SRV', 'NAPTR'] as const).find((one) => one === type);
	if (known === undefined || outcome === 'unanswered') return emptyPdu();
	const data = answers.map((answer) => answer.data);
	const payload = dnsResponse({ name, type: known, data, rcode: RCODES[outcome] });
	if (payload === undefined) return emptyPdu();
	// The answer goes the other way than the question.
	return encodeExportedPdu({ dissector: 'dns', transport: 'udp', src: dst, dst: src, payload });
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
