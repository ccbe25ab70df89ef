import type { NaptrRecord } from 'node:dns';
import { isSecure } from '../../net/transport.js';
import type { ProbeTransportName } from '../transport.js';
import { NAPTR_SERVICES } from './service.js';

/** One NAPTR record that leads to SRV records of a transport this probe speaks. */
export interface Service {
	readonly transport: ProbeTransportName;
	/** As the record says, `SIP+D2T`. */
	readonly service: string;
	/** Name of the SRV records. */
	readonly name: string;
}

/**
 * The usable ones in the domain's order of preference (RFC 3263 §4.1): lowest order first, then lowest preference. Only
 * flag `s` without a regular expression leads on to SRV; a sips: address-of-record takes only secure ones.
 */
export function chooseServices(
	records: readonly NaptrRecord[],
	secure: boolean,
): readonly Service[] {
	return records
		.toSorted((a, b) => a.order - b.order || a.preference - b.preference)
		.flatMap(({ flags, service, regexp, replacement }) => {
			const transport = NAPTR_SERVICES.get(service.toUpperCase());
			if (transport === undefined || (secure && !isSecure(transport))) return [];
			if (flags.toLowerCase() !== 's' || regexp !== '' || replacement === '') return [];
			return [{ transport, service, name: replacement }];
		});
}
