import type { IcmpError } from '../layers/icmp.js';
import { ipAddressText, ipEndpoint } from './ip-endpoint.js';
import type { UnreachableEvent } from './observed.js';

/** Characters of quoted payload that are kept: enough for the header fields of a REGISTER. */
export const MAX_QUOTED_TEXT = 2048;

/** The event that an ICMP error is; undefined where what it quotes has no ports (an echo, a later fragment). */
export function unreachableEventOf(
	error: IcmpError,
	reporter: Uint8Array,
	place: { readonly at: number; readonly source: string; readonly frame: number },
): UnreachableEvent | undefined {
	const { version, type, code, reason, quoted } = error;
	if (quoted.transport === undefined) return undefined;
	return {
		kind: 'unreachable',
		...place,
		reason,
		reporter: ipAddressText(reporter),
		icmp: { version, type, code },
		errno: undefined,
		quoted: {
			transport: quoted.transport,
			src: ipEndpoint(quoted.source, quoted.sourcePort),
			dst: ipEndpoint(quoted.destination, quoted.destinationPort),
			text: Buffer.from(quoted.payload.subarray(0, MAX_QUOTED_TEXT)).toString('latin1'),
		},
	};
}
