import { describe, expect, it } from 'vitest';
import { progressText } from '../../src/commands/progress-text.js';

const NOTHING = { name: 'a.pcap', bytes: 0, total: undefined, packets: 0, registrations: 0 };

describe('what is said while a capture is read', () => {
	it('is its name before anything was read', () => {
		expect(progressText(NOTHING)).toBe('reading a.pcap');
	});

	it('is how much of how much, how many packets and how many registrations', () => {
		const soFar = { bytes: 340e6, total: 1024e6, packets: 1_200_000, registrations: 512 };
		expect(progressText({ ...NOTHING, ...soFar })).toBe(
			'reading a.pcap, 340 of 1,024 MB (33 %), 1,200,000 packets, 512 registrations',
		);
	});

	it('has no share where the end is not known, as of a pipe', () => {
		expect(progressText({ ...NOTHING, bytes: 2_500_000, packets: 1 })).toBe(
			'reading a.pcap, 2.5 MB, 1 packet',
		);
	});

	it('has no share above the whole where the file grew', () => {
		expect(progressText({ ...NOTHING, bytes: 30e6, total: 20e6 })).toBe('reading a.pcap, 30 MB');
	});

	it.each([
		['/srv/captures/2026/site-a.pcap', 80, 'reading /srv/captures/2026/site-a.pcap, 30 MB'],
		['/srv/captures/2026/site-a.pcap', 34, 'reading site-a.pcap, 30 MB'],
		['/srv/the-second-of-all-sites.pcap', 34, 'reading the-second-of-all-…, 30 MB'],
		['/srv/the-second-of-all-sites.pcap', 10, 'reading the-second-…, 30 MB'],
	])('is one line: of %s in %i columns %j', (name, width, text) => {
		expect(progressText({ ...NOTHING, name, bytes: 30e6 }, width)).toBe(text);
	});
});
