/* The captures that mutants are made of: every one of the fixtures. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPcap } from './capture-file.mjs';
import { offsetsOf } from './packet.mjs';
import { streamPayload } from './stream-payload.mjs';
import { isTls } from './tls-mutations.mjs';

const CAPTURES = join(import.meta.dirname, '../../fixtures/captures');

/**
 * Whole files, and those that could be taken apart into records; of these once more the ones with TLS and with DNS.
 * Sorted, as a seed must mean the same anywhere.
 */
export function readSeeds(folder = CAPTURES) {
	const files = readdirSync(folder, { recursive: true })
		.filter((name) => /\.(?:pcap|pcapng)(?:\.gz|\.zst)?$/.test(name))
		.toSorted()
		.map((name) => readFileSync(join(folder, name)))
		.filter((file) => file.length > 0);
	const captures = files.flatMap((file) => readPcap(file) ?? []);
	return {
		files,
		captures,
		withTls: captures.filter(hasTls),
		withDns: captures.filter(({ linkType, records }) =>
			records.some(({ bytes }) => isDns(bytes, offsetsOf(bytes, linkType))),
		),
	};
}

function hasTls({ linkType, records }) {
	return records.some((record) => {
		const payload = streamPayload(record, linkType);
		return payload !== undefined && isTls(payload);
	});
}

/** By the port, in UDP. */
export function isDns(bytes, offsets) {
	if (offsets?.isUdp !== true) return false;
	const { transport } = offsets;
	return bytes.readUInt16BE(transport) === 53 || bytes.readUInt16BE(transport + 2) === 53;
}
