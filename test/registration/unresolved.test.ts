import { describe, expect, it } from 'vitest';
import { registrationsIn } from './reading.js';

const ASK = 'DNS 192.168.1.10:40000 > 192.168.1.1:53';
const OPTIONS = `UDP 192.168.1.10:5060 > 203.0.113.5:5060
OPTIONS sip:pbx.example.com SIP/2.0
Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bKo1
From: <sip:1001@pbx.example.com>;tag=1
To: <sip:pbx.example.com>
Call-ID: o1
CSeq: 1 OPTIONS
Content-Length: 0
`;

/** Lines without their `+`, the source goes on to 30 s. */
function found(...blocks: readonly string[]) {
	return registrationsIn(blocks.map((block) => `+${block}\n`).join('\n'), 30);
}

function targetsIn(...blocks: readonly string[]): readonly string[] {
	return found(...blocks).map(({ target }) => `${target.host}:${target.port} ${target.transport}`);
}

describe('a phone that the DNS led nowhere', () => {
	it('is a registration without an address-of-record, and without a message', () => {
		expect(found(`0.000 ${ASK} SRV _sip._udp.example.com nxdomain`)).toMatchObject([
			{
				...{ aor: undefined, outcome: 'unreachable', path: [], messages: [] },
				attempts: [{ number: 1, outcome: 'unreachable', transactions: [] }],
				lookups: [{ name: '_sip._udp.example.com' }],
			},
		]);
	});

	it.each([
		['_sip._udp', '5060 udp'],
		['_sip._tcp', '5060 tcp'],
		['_sips._tcp', '5061 tls'],
	])('wanted the transport of %s', (service, target) => {
		expect(targetsIn(`0.000 ${ASK} SRV ${service}.example.com nxdomain`)).toEqual([
			`example.com:${target}`,
		]);
	});

	it('is one for each phone and each domain', () => {
		const other = ASK.replace('192.168.1.10', '192.168.1.11');
		expect(
			targetsIn(
				`0.000 ${ASK} SRV _sip._udp.example.com nxdomain`,
				`0.100 ${ASK} A example.com nxdomain`,
				`0.200 ${ASK} SRV _sip._udp.example.net nxdomain`,
				`0.300 ${other} SRV _sip._udp.example.com nxdomain`,
			),
		).toEqual(['example.com:5060 udp', 'example.net:5060 udp', 'example.com:5060 udp']);
	});

	it('is seen by the name of a host that is called sip', () => {
		expect(targetsIn(`0.000 ${ASK} A sip.example.com nxdomain`)).toEqual([
			'sip.example.com:5060 udp',
		]);
	});

	it('is seen by a name that stands in a SIP message, before or after', () => {
		const question = `0.000 ${ASK} A pbx.example.com nxdomain`;
		expect(targetsIn(question)).toEqual([]);
		expect(targetsIn(question, `1.000 ${OPTIONS}`)).toEqual(['pbx.example.com:5060 udp']);
	});

	it('is one, though the packet was also seen behind the NAT', () => {
		const outside = 'DNS 198.51.100.7:40000 > 192.0.2.53:53';
		expect(
			targetsIn(
				`0.000 ${ASK.replace('192.168.1.1:53', '192.0.2.53:53')} SRV _sip._udp.example.com nxdomain`,
				`0.001 ${outside} SRV _sip._udp.example.com nxdomain`,
			),
		).toHaveLength(1);
	});

	it('is two where the public one asks at another time', () => {
		const outside = 'DNS 198.51.100.7:40000 > 192.0.2.53:53';
		expect(
			targetsIn(
				`0.000 ${ASK} SRV _sip._udp.example.com nxdomain`,
				`20.00 ${outside} SRV _sip._udp.example.com nxdomain`,
			),
		).toHaveLength(2);
	});

	it('is no router that asks on for it', () => {
		const router = 'DNS 192.168.1.1:3000 > 192.0.2.53:53';
		expect(
			targetsIn(
				`0.000 ${router} SRV _sip._udp.example.com nxdomain`,
				`0.001 ${ASK} SRV _sip._udp.example.com nxdomain`,
			),
		).toHaveLength(1);
	});

	it('did not look for the name that its resolver made with a search domain', () => {
		expect(
			targetsIn(
				`0.000 ${ASK} A sip.example.com.site.example.net nxdomain`,
				`0.001 ${ASK} A sip.example.com servfail`,
			),
		).toEqual(['sip.example.com:5060 udp']);
	});

	it('is not seen in a question for an address that has nothing to do with SIP', () => {
		expect(targetsIn(`0.000 ${ASK} A www.example.com nxdomain`)).toEqual([]);
	});
});

describe('a question at the end of the source', () => {
	const last = (line: string) => registrationsIn(`+29.000 ${ASK} ${line}\n`, 30);

	it('that was sent once may still be answered', () => {
		expect(last('SRV _sip._udp.example.com unanswered')).toEqual([]);
	});

	it('that was sent twice was given up on', () => {
		expect(last('SRV _sip._udp.example.com unanswered [copies=2]')).toHaveLength(1);
	});

	it('that was answered a moment ago may be followed by the next one', () => {
		const text = `+29.500 ${ASK} SRV _sip._udp.example.com nxdomain\n`;
		expect(registrationsIn(text, 30)).toEqual([]);
		const address = `+29.600 ${ASK} A example.com nxdomain\n`;
		expect(registrationsIn(text + address, 30)).toHaveLength(1);
	});

	it('that was refused is refused', () => {
		expect(last('SRV _sip._udp.example.com refused')).toHaveLength(1);
	});
});

describe('a host that asks for the SIP servers of thousands of domains', () => {
	it('is no phone: of a bounded number it is said that they were not found', () => {
		const lines = Array.from(
			{ length: 3000 },
			(_, index) => `+0.${1000 + index} ${ASK} SRV _sip._udp.n${index}.example.com nxdomain\n`,
		);
		const unresolved = registrationsIn(lines.join('\n'), 30);
		expect(unresolved.length).toBeGreaterThan(0);
		expect(unresolved.length).toBeLessThanOrEqual(64);
	});
});
