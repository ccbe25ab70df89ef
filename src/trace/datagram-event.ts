/** What datagrams that are no SIP tell of a phone: which address it has outside, and where it was told to go. */

import { DHCP_SERVER_PORT, type DhcpAnswer, parseDhcp } from '../layers/dhcp.js';
import type { PacketPlace } from '../layers/frame-decoder.js';
import type { UdpHeader } from '../layers/udp.js';
import { formatMac } from '../net/mac-address.js';
import { parseStun, type StunBinding } from '../net/stun.js';
import { ipAddressText, ipEndpoint } from './ip-endpoint.js';
import type { DhcpEvent, PingEvent, StunEvent } from './observed.js';

const MAX_DATA = 255;

/** CRLFCRLF and four zeros are the longest in use. */
const MAX_PING_BYTES = 4;

/** The STUN, DHCP or keep-alive event of a datagram; undefined for everything else. */
export function datagramEventOf(
	{ payload, sourcePort, destinationPort }: UdpHeader,
	{ ip, frame }: PacketPlace,
	source: string,
): StunEvent | DhcpEvent | PingEvent | undefined {
	const place = { at: frame.at, source, frame: frame.number };
	if (sourcePort === DHCP_SERVER_PORT) {
		const answer = parseDhcp(payload);
		if (answer === undefined || !tellsServers(answer)) return undefined;
		return { kind: 'dhcp', ...place, server: ipAddressText(ip.source), ...dhcpFacts(answer) };
	}
	const src = ipEndpoint(ip.source, sourcePort);
	const dst = ipEndpoint(ip.destination, destinationPort);
	if (payload.length <= MAX_PING_BYTES) return { kind: 'ping', ...place, src, dst };
	const binding = parseStun(payload);
	if (binding === undefined) return undefined;
	return { kind: 'stun', ...place, src, dst, ...stunFacts(binding) };
}

function stunFacts({ message, mapped }: StunBinding): Pick<StunEvent, 'message' | 'mapped'> {
	return { message, mapped: mapped && ipEndpoint(mapped.address, mapped.port) };
}

function tellsServers({ provisioningServer, sipServers, vendorOptions }: DhcpAnswer): boolean {
	return provisioningServer !== undefined || sipServers.length > 0 || vendorOptions.length > 0;
}

function dhcpFacts(
	answer: DhcpAnswer,
): Omit<DhcpEvent, 'kind' | 'at' | 'source' | 'frame' | 'server'> {
	return {
		message: answer.message,
		client: ipAddressText(answer.clientAddress),
		mac: formatMac(answer.clientMac),
		provisioningServer: answer.provisioningServer,
		sipServers: answer.sipServers,
		vendorOptions: answer.vendorOptions.map(({ enterprise, data }) => ({
			enterprise,
			text: Buffer.from(data.subarray(0, MAX_DATA)).toString('latin1'),
		})),
	};
}
