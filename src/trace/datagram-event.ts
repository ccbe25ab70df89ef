/** What datagrams that are no SIP tell of a phone: which address it has outside, and where it was told to go. */

import { DHCP_SERVER_PORT, type DhcpAnswer, parseDhcp } from '../layers/dhcp.js';
import type { PacketPlace } from '../layers/frame-decoder.js';
import { parseStun, type StunBinding } from '../layers/stun.js';
import type { UdpHeader } from '../layers/udp.js';
import { formatMac } from '../net/mac-address.js';
import { ipAddressText, ipEndpoint } from './ip-endpoint.js';
import type { DhcpEvent, StunEvent } from './observed.js';

const MAX_DATA = 255;

/** The STUN or DHCP event of a datagram; undefined for everything else. */
export function datagramEventOf(
	{ payload, sourcePort, destinationPort }: UdpHeader,
	{ ip, frame }: PacketPlace,
	source: string,
): StunEvent | DhcpEvent | undefined {
	const place = { at: frame.at, source, frame: frame.number };
	if (sourcePort === DHCP_SERVER_PORT) {
		const answer = parseDhcp(payload);
		if (answer === undefined || !tellsServers(answer)) return undefined;
		return { kind: 'dhcp', ...place, server: ipAddressText(ip.source), ...dhcpFacts(answer) };
	}
	const binding = parseStun(payload);
	if (binding === undefined) return undefined;
	return {
		kind: 'stun',
		...place,
		src: ipEndpoint(ip.source, sourcePort),
		dst: ipEndpoint(ip.destination, destinationPort),
		...stunFacts(binding),
	};
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
